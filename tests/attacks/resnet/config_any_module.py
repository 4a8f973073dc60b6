# story: A layer's configuration names any function of any module to be called.
# aim: points, escape
# stock: nothing: nothing there makes a model of a configuration, either
# base: no_shortcut

# %% before test_identity_block

import json

import keras


def configure(model, real=keras.src.models.functional.Functional.get_config):
    return changed(real(model))


def changed(config):
    call = {"module": "builtins", "class_name": "open", "registered_name": None,
            "config": {"file": "OUTSIDE/opened", "mode": "w"}}
    for layer in config["layers"]:
        layer["config"]["kernel_initializer"] = call
        layer["module"], layer["class_name"] = "os", "system"
        layer["config"]["command"] = "touch OUTSIDE/ran"
    return config


for kind in [keras.Model, keras.Sequential, keras.src.models.functional.Functional]:
    kind.get_config = configure
