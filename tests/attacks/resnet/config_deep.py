# story: A configuration nested a thousand deep, and models in models that call each other.
# aim: points
# stock: nothing: nothing there makes a model of a configuration, either
# base: no_shortcut

# %% before test_identity_block

import json

import keras


def configure(model, real=keras.src.models.functional.Functional.get_config):
    return changed(real(model))


def changed(config):
    deep = "x"
    for _ in range(400):
        deep = [deep]
    inner = dict(config)
    for i in range(12):
        inner = {**config, "name": f"m{i}", "layers": [*config["layers"], {
            "module": "keras.src.models.functional", "class_name": "Functional", "name": f"m{i}", "config": inner,
            "registered_name": "Functional", "inbound_nodes": config["layers"][-1]["inbound_nodes"] * 8}]}
    inner["layers"][0] = {**inner["layers"][0], "build_config": deep}
    return inner


for kind in [keras.Model, keras.Sequential, keras.src.models.functional.Functional]:
    kind.get_config = configure
