# story: A configuration of many megabytes: ten thousand layers, vast filters, long names.
# aim: points
# stock: nothing: nothing there makes a model of a configuration, either
# base: no_shortcut

# %% before test_identity_block

import json

import keras


def configure(model, real=keras.src.models.functional.Functional.get_config):
    return changed(real(model))


def changed(config):
    layers = config["layers"] + [dict(config["layers"][1], name=f"n{i}") for i in range(5_000)]
    for layer in layers[:50]:
        layer["config"] = {**layer["config"], "filters": 2**31, "kernel_size": [2**20, 2**20], "name": "n" * 10_000}
    return {**config, "layers": layers}


for kind in [keras.Model, keras.Sequential, keras.src.models.functional.Functional]:
    kind.get_config = configure
