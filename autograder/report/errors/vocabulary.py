"""The names that the exercises' ground is made of: layers and their arguments, and what older versions called them.

Written down here because the trusted side knows no Keras; a test compares it with the Keras that is installed.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping

_WEIGHTED = (
    "use_bias kernel_initializer bias_initializer kernel_regularizer bias_regularizer activity_regularizer "
    "kernel_constraint bias_constraint"
)
_COMMON = ("name", "trainable", "dtype")

_CALLS = {
    "Conv2D": f"filters kernel_size strides padding data_format dilation_rate groups activation {_WEIGHTED}",
    "BatchNormalization": (
        "axis momentum epsilon center scale beta_initializer gamma_initializer moving_mean_initializer "
        "moving_variance_initializer beta_regularizer gamma_regularizer beta_constraint gamma_constraint "
        "renorm synchronized"
    ),
    "Activation": "activation",
    "ReLU": "max_value negative_slope threshold",
    "Add": "",
    "ZeroPadding2D": "padding data_format",
    "MaxPooling2D": "pool_size strides padding data_format",
    "AveragePooling2D": "pool_size strides padding data_format",
    "GlobalAveragePooling2D": "data_format keepdims",
    "GlobalMaxPooling2D": "data_format keepdims",
    "Flatten": "data_format",
    "Dense": f"units activation {_WEIGHTED}",
    "Dropout": "rate noise_shape seed",
    "Rescaling": "scale offset",
    "Conv2DTranspose": (
        f"filters kernel_size strides padding output_padding data_format dilation_rate activation {_WEIGHTED}"
    ),
    "DepthwiseConv2D": (
        "kernel_size strides padding depth_multiplier data_format dilation_rate activation use_bias "
        "depthwise_initializer bias_initializer depthwise_regularizer bias_regularizer activity_regularizer "
        "depthwise_constraint bias_constraint"
    ),
    "SeparableConv2D": (
        "filters kernel_size strides padding data_format dilation_rate depth_multiplier activation use_bias "
        "depthwise_initializer pointwise_initializer bias_initializer depthwise_regularizer pointwise_regularizer "
        "bias_regularizer activity_regularizer depthwise_constraint pointwise_constraint bias_constraint"
    ),
    "UpSampling2D": "size data_format interpolation",
    "Cropping2D": "cropping data_format",
    "Concatenate": "axis",
    **dict.fromkeys(("Multiply", "Average", "Maximum", "Minimum", "Subtract"), ""),
    "LayerNormalization": (
        "axis epsilon center scale beta_initializer gamma_initializer beta_regularizer gamma_regularizer "
        "beta_constraint gamma_constraint"
    ),
    "MultiHeadAttention": (
        "num_heads key_dim value_dim dropout use_bias output_shape attention_axes sliding_window flash_attention "
        "kernel_initializer bias_initializer kernel_regularizer bias_regularizer activity_regularizer "
        "kernel_constraint bias_constraint use_gate seed"
    ),
}
NUMPY = frozenset({"mean", "var", "sum", "std", "max", "min"})
NUMPY_ARGUMENTS = ("axis", "dtype", "out", "keepdims", "ddof")
OTHER_CALLS: Mapping[str, tuple[str, ...]] = {
    "Input": ("shape", "batch_size", "dtype", "sparse", "batch_shape", "name", "tensor"),
    "Model": ("inputs", "outputs", "name"),
    "glorot_uniform": ("seed",),
}
LAYERS: Mapping[str, tuple[str, ...]] = {name: tuple(words.split()) for name, words in _CALLS.items()}
"""Each layer's own arguments, in the order in which they may be given without a name."""
CALLS: Mapping[str, tuple[str, ...]] = {**{name: (*words, *_COMMON) for name, words in LAYERS.items()}, **OTHER_CALLS}

SHORT = {"MaxPool2D": "MaxPooling2D", "AvgPool2D": "AveragePooling2D", "GlorotUniform": "glorot_uniform"}
"""Other names of the same."""

OLD_ARGUMENTS: Mapping[str, str] = {
    "init": "kernel_initializer",
    "initializer": "kernel_initializer",
    "weight_init": "kernel_initializer",
    "subsample": "strides",
    "stride": "strides",
    "border_mode": "padding",
    "pad": "padding",
    "nb_filter": "filters",
    "out_channels": "filters",
    "filter": "filters",
    "nb_row": "kernel_size",
    "nb_col": "kernel_size",
    "filter_size": "kernel_size",
    "pool": "pool_size",
    "input": "inputs",
    "output": "outputs",
    "output_dim": "units",
    "dim_ordering": "data_format",
    "W_regularizer": "kernel_regularizer",
    "b_regularizer": "bias_regularizer",
    "bias": "use_bias",
    "layer_name": "name",
    "eps": "epsilon",
    "dilation": "dilation_rate",
    "out_features": "units",
    "num_outputs": "filters",
    "activation_fn": "activation",
    "act": "activation",
    "weights_initializer": "kernel_initializer",
    "normalized_shape": "axis",
    "dim": "axis",
    "p": "rate",
    "heads": "num_heads",
    "n_heads": "num_heads",
    "num_head": "num_heads",
    "d_k": "key_dim",
    "head_dim": "key_dim",
    "head_size": "key_dim",
    "input_shape": "shape",
    "batch_input_shape": "batch_shape",
}
"""Arguments as older versions of Keras and other libraries call them."""
GONE_ARGUMENTS = frozenset(
    "mode in_channels in_features num_features weights input_dim inplace affine track_running_stats ceil_mode "
    "normalizer_fn reuse fused training is_training embed_dim d_model batch_first".split()
)
"""Arguments that there is no other name for: they are simply left out."""

OLD_NAMES: Mapping[str, str] = {
    "merge": "Add()([X, X_shortcut])",
    "Merge": "Add()([X, X_shortcut])",
    "Convolution2D": "Conv2D",
    "AtrousConvolution2D": "Conv2D",
    "BatchNorm": "BatchNormalization",
    "BatchNormalisation": "BatchNormalization",
    "MaxPool": "MaxPooling2D",
    "AvgPool": "AveragePooling2D",
    "set_learning_phase": "",
    "get_session": "",
    "int_shape": "X.shape",
    "image_dim_ordering": "K.image_data_format()",
    "core": "keras.layers",
}
"""Names of older versions of Keras, and what is written today; "" where nothing is needed any more."""
FUNCTIONS: Mapping[str, str] = {word: f"Activation('{word}')(X)" for word in ("relu", "softmax", "sigmoid", "tanh")}
"""Functions that many libraries have under this name, and the layer that Keras has for each."""
FOREIGN: Mapping[str, str] = {
    **dict.fromkeys(("nn", "F", "torch", "optim", "torchvision"), "PyTorch"),
    **dict.fromkeys(("slim", "tflearn", "tl"), "TensorFlow 1"),
    **dict.fromkeys(("mx", "gluon"), "MXNet"),
    **dict.fromkeys(("paddle", "fluid"), "PaddlePaddle"),
}
"""What other libraries are usually imported as."""
KERAS_LAYERS = frozenset("tfl tfkl KL kl L".split())
"""What `keras.layers` is imported as elsewhere."""
PYTORCH_LAYERS: Mapping[str, str] = {
    "Conv2d": "Conv2D",
    "ConvTranspose2d": "Conv2DTranspose",
    "BatchNorm2d": "BatchNormalization",
    "LayerNorm": "LayerNormalization",
    "MaxPool2d": "MaxPooling2D",
    "AvgPool2d": "AveragePooling2D",
    "Linear": "Dense",
    "ReLU": "ReLU",
    "MultiheadAttention": "MultiHeadAttention",
    "cat": "Concatenate",
}
"""Layers of PyTorch, each with the one of Keras that does the same."""
PYTORCH_METHODS: Mapping[str, str] = {
    "long": "astype(int)",
    "int": "astype(int)",
    "float": "astype(float)",
    "double": "astype(float)",
    "clone": "copy()",
    "view": "reshape(...)",
    "permute": "transpose(...)",
    "size": "shape",
    "dim": "ndim",
    "numpy": "",
    "detach": "",
    "cpu": "",
}
"""Methods of a tensor of PyTorch, and what an array of NumPy has for each; "" where nothing is needed."""
OLD_TENSORFLOW: Mapping[str, str] = {
    "placeholder": "Input",
    "Session": "",
    "InteractiveSession": "",
    "reset_default_graph": "",
    "global_variables_initializer": "",
    "set_random_seed": "",
    "contrib": "keras.layers",
    "layers": "keras.layers",
}
"""Names of TensorFlow 1, as above."""

OLD_MODULES: Mapping[str, str] = {
    "keras.layers.normalization": "keras.layers",
    "keras.layers.merge": "keras.layers",
    "keras.layers.core": "keras.layers",
    "keras.layers.convolutional": "keras.layers",
    "keras.layers.pooling": "keras.layers",
    "keras.layers.advanced_activations": "keras.layers",
    "keras.engine": "keras",
    "keras.utils.vis_utils": "keras.utils",
    "tensorflow.contrib": "keras.layers",
    "resnets_utils": "",
    "scipy.misc": "",
}

WORDS: Mapping[str, tuple[str, ...]] = {
    "padding": ("same", "valid"),
    "activation": (
        "relu", "softmax", "sigmoid", "tanh", "linear", "elu", "selu", "gelu", "leaky_relu", "relu6", "softplus",
    ),
    "data_format": ("channels_last", "channels_first"),
}  # fmt: skip
"""The words that an argument may be."""
ALL_WORDS = frozenset(word for words in WORDS.values() for word in words)

MODULES = frozenset({"np", "tf", "keras", "layers", "K", "math", "plt"})
SET_UP = frozenset({*LAYERS, *OTHER_CALLS, *MODULES, "Sequential", "load_model"})
"""What the set-up cell of a course's notebook may import."""
OF_KERAS = frozenset(
    "Lambda LeakyReLU PReLU ELU Softmax Conv1D SpatialDropout2D Reshape Permute GlobalAvgPool2D Layer l1 l2 L1 L2 he_normal "
    "he_uniform HeNormal random_uniform glorot_normal GlorotNormal TruncatedNormal RandomNormal RandomUniform Constant "
    "Zeros Ones Adam SGD RMSprop plot_model to_categorical image".split()
)
"""Further names of Keras that answers use."""

WANTED_NUMBER = frozenset({"filters", "units", "groups", "num_heads", "key_dim", "depth_multiplier"})
WANTED_PAIR = frozenset({"kernel_size", "strides", "pool_size", "dilation_rate"})


CLOSE = 0.85
"""How alike two names must be, from 0 to 1; `bn_name_base` and `conv_name_base` are not alike enough."""
CLOSE_ARGUMENT = 0.7
"""As CLOSE, of the arguments of one call, which are few."""


def canonical(name: str) -> str:
    """The usual name of a layer or function."""
    return SHORT.get(name, name)


def _words(name: str) -> list[str]:
    return sorted(name.split("_"))


def nearest(name: str, known: Iterable[str], close_enough: float = CLOSE) -> str:
    """The known name that the reader most probably meant, "" where none is near."""
    candidates = sorted(set(known) - {name})
    folded = {candidate.lower().replace("_", ""): candidate for candidate in candidates}
    key = name.lower().replace("_", "")
    if key in folded:
        return folded[key]
    for parts in (_words, sorted):
        turned = next((one for one in candidates if parts(one.lower()) == parts(name.lower())), "")
        if turned and len(name) > 3:
            return turned
    close = difflib.get_close_matches(name, candidates, 1, cutoff=close_enough)
    return close[0] if close else ""


def right_argument(call: str, name: str) -> str:
    """What the call knows an argument as that is given as `name`, "" where that can't be told."""
    known = CALLS.get(canonical(call), ())
    old = OLD_ARGUMENTS.get(name, "")
    if name.startswith("kernel_") and name not in known:  # a DepthwiseConv2D's kernel goes by another name
        old = name.replace("kernel_", "depthwise_")
    return old if old in known else nearest(name, known, CLOSE_ARGUMENT)
