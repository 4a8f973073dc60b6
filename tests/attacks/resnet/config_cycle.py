# story: Layers that feed each other, a layer that feeds itself, and outputs from nowhere.
# aim: points
# stock: nothing: nothing there makes a model of a configuration, either
# base: no_shortcut

# %% before test_identity_block

import json

import keras


def configure(model, real=keras.src.models.functional.Functional.get_config):
    return changed(real(model))


def changed(config):
    for layer in config["layers"][2:]:
        layer["inbound_nodes"] = config["layers"][-1]["inbound_nodes"]
    return {**config, "output_layers": [["nowhere", 10**30, -1]]}


for kind in [keras.Model, keras.Sequential, keras.src.models.functional.Functional]:
    kind.get_config = configure
