"""Slips that are written out: lines of an older Keras, TensorFlow 1 or NumPy habits, in place of the solution's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from .slip import Slip, Solution


class Put(NamedTuple):
    """In place of a statement that begins with `old` another text. `{0}` is the target, `{1}` what is called with."""

    kind: str
    old: str
    new: str


CONV, NORM, RELU = r"(X|X_shortcut) = Conv2D\(", r"(X|X_shortcut) = BatchNormalization\(", r"(X) = Activation\("
ADD = r"(X) = Add\(|(return) Add\("
FILTERS, CONV_BASE, BN_BASE, SHORTCUT = r"F1, F2, F3 = ", r"conv_name_base = ", r"bn_name_base = ", r"X_shortcut = X"

PUTS = (
    Put("old function", CONV, "{0} = tf.layers.conv2d({0}, 4, 1)"),
    Put("old function", CONV, "{0} = tf.contrib.layers.conv2d({0}, 4, 1)"),
    Put("tensorflow on a tensor", CONV, '{0} = tf.nn.conv2d({0}, np.ones((1, 1, 6, 2)), 1, "SAME")'),
    Put("old argument", CONV, "{0} = Conv2D(nb_filter=2, nb_row=1, nb_col=1)({0})"),
    Put("old argument", CONV, "{0} = Conv2D(2, 1, 1, border_mode='valid')({0})"),
    Put("old argument", CONV, "{0} = Conv2D(2, (1, 1), subsample=(1, 1))({0})"),
    Put("old argument", CONV, "{0} = Conv2D(2, (1, 1), W_regularizer=None)({0})"),
    Put("old argument", CONV, "{0} = Conv2D(2, (1, 1), dim_ordering='tf')({0})"),
    Put("argument of another library", CONV, "{0} = Conv2D(in_channels=6, out_channels=2, kernel_size=1)({0})"),
    Put("old argument", NORM, "{0} = BatchNormalization(mode=0, axis=3)({0})"),
    Put("old function", NORM, "{0} = tf.layers.batch_normalization({0})"),
    Put("no such axis", NORM, "{0} = BatchNormalization(axis=4)({0})"),
    Put("no such axis", NORM, "{0} = BatchNormalization(axis=(3, 5))({0})"),
    Put("old function", RELU, "{0} = K.relu({0})"),
    Put("tensorflow on a tensor", RELU, "{0} = tf.nn.relu({0})"),
    Put("tensorflow on a tensor", RELU, "{0} = tf.maximum({0}, 0.0)"),
    Put("numpy on a tensor", RELU, "{0} = np.maximum({0}, 0)"),
    Put("python on a tensor", RELU, "{0} = max({0}, 0)"),
    Put("python on a tensor", RELU, "if X > 0:\n        X = X"),
    Put("method of no tensor", RELU, "{0} = {0}.relu()"),
    Put("method of no tensor", RELU, "{0} = {0}.numpy()"),
    Put("no such module", RELU, '{0} = keras.layer.Activation("relu")({0})'),
    Put("no such module", RELU, '{0} = layers.core.Activation("relu")({0})'),
    Put("no such module", RELU, '{0} = layers.Relu()({0})'),
    Put("function for word", RELU, "{0} = Activation(relu)({0})"),
    Put("function for word", RELU, "{0} = Activation(tf.relu)({0})"),
    Put("class for word", RELU, "{0} = Activation(ReLU)({0})"),
    Put("nothing given", RELU, "{0} = Activation()({0})"),
    Put("old function", ADD, "{0} = merge([X, X_shortcut], mode='sum')"),
    Put("old function", ADD, "{0} = layers.merge([X, X_shortcut], mode='sum')"),
    Put("old function", ADD, "{0} = layers.Merge(mode='sum')([X, X_shortcut])"),
    Put("tensorflow on a tensor", ADD, "{0} = tf.add(X, X_shortcut)"),
    Put("numpy on a tensor", ADD, "{0} = np.add(X, X_shortcut)"),
    Put("layer not made", ADD, "{0} = Add(X, X_shortcut)"),
    Put("method of no tensor", ADD, "{0} = X.add(X_shortcut)"),
    Put("python on a tensor", ADD, "{0} = X & X_shortcut"),
    Put("list added", ADD, "{0} = X + [X_shortcut]"),
    Put("word added", ADD, "{0} = X + 'X_shortcut'"),
    Put("word in the list", ADD, "{0} = Add()([X, 'X_shortcut'])"),
    Put("None in the list", ADD, "{0} = Add()([X, None])"),
    Put("index out of range", FILTERS, "F1, F2, F3 = filters[1], filters[2], filters[3]"),
    Put("wrong number of names", FILTERS, "F1, F2 = filters; F3 = 6"),
    Put("wrong number of names", FILTERS, "F1, F2, F3, F4 = filters"),
    Put("number unpacked", FILTERS, "F1, F2, F3 = filters[0]"),
    Put("number unpacked", FILTERS, "F1, F2, F3 = f"),
    Put("list called", FILTERS, "F1, F2, F3 = filters(0), filters(1), filters(2)"),
    Put("attribute of a list", FILTERS, "F1, F2, F3 = filters.F1, filters.F2, filters.F3"),
    Put("list for number", FILTERS, "F1 = F2 = F3 = filters"),
    Put("word as index", FILTERS, "F1, F2, F3 = filters['F1'], filters['F2'], filters['F3']"),
    Put("number as list", FILTERS, "F1, F2, F3 = f[0], f[1], f[2]"),
    Put("number added to word", CONV_BASE, "conv_name_base = 'res' + stage + block + '_branch'"),
    Put("number added to word", BN_BASE, "bn_name_base = 'bn' + str(stage) + block + 2"),
    Put("bracket left open", CONV_BASE, "conv_name_base = 'res' + str(stage + block + '_branch'"),
    Put("number added to word", CONV_BASE, "conv_name_base = 'res' + str(stage + block) + '_branch'"),
    Put("sign lost", CONV_BASE, "conv_name_base = 'res' + str stage + block"),
    Put("name misspelt", CONV_BASE, "conv_name_base = 'res' + string(stage) + block + '_branch'"),
    Put("name misspelt", CONV_BASE, 'conv_name_base = f"res{{stage}}{{blok}}_branch"'),
    Put("too few for the pattern", CONV_BASE, "conv_name_base = 'res%d%s_branch' % stage"),
    Put("too few for the pattern", CONV_BASE, "conv_name_base = 'res{{}}{{}}_branch'.format(stage)"),
    Put("word for a number in the pattern", CONV_BASE, "conv_name_base = 'res%d%d_branch' % (stage, block)"),
    Put("word called", CONV_BASE, "conv_name_base = 'res'(stage) + block + '_branch'"),
    Put("number as list", CONV_BASE, "conv_name_base = 'res' + stage[0] + block + '_branch'"),
    Put("word as function", CONV_BASE, "conv_name_base = 'res' + block(stage) + '_branch'"),
    Put("attribute of a word", CONV_BASE, "conv_name_base = 'res'.add(str(stage)) + block + '_branch'"),
    Put("set for list", CONV_BASE, "conv_name_base = {{'res' + str(stage) + block + '_branch'}}"),
    Put("comma behind", CONV_BASE, "conv_name_base = 'res' + str(stage) + block + '_branch',"),
    Put("method of no tensor", SHORTCUT, "X_shortcut = X.copy()"),
    Put("method of no tensor", SHORTCUT, "X_shortcut = X.clone()"),
    Put("Input inside a block", SHORTCUT, "X_shortcut = X\n    X = Input((64, 64, 3))"),
    Put("Input inside a block", SHORTCUT, "X_shortcut = Input(X.shape)"),
    Put("tensor called", SHORTCUT, "X_shortcut = X(X)"),
    Put("index out of range", SHORTCUT, "X_shortcut = X\n    channels = X.shape[4]"),
    Put("old function", SHORTCUT, "X_shortcut = X\n    K.set_learning_phase(1)"),
    Put("old function", SHORTCUT, "X_shortcut = X\n    sess = tf.Session()"),
    Put("old function", SHORTCUT, "X_shortcut = X\n    tf.reset_default_graph()"),
    Put("old function", SHORTCUT, "X_shortcut = X\n    A_prev = tf.placeholder('float', [3, 4, 4, 6])"),
    Put("old module", SHORTCUT, "X_shortcut = X\n    from keras.layers.normalization import BatchNormalization"),
    Put("old module", SHORTCUT, "X_shortcut = X\n    from keras.layers.merge import add"),
    Put("old module", SHORTCUT, "X_shortcut = X\n    from keras.utils.vis_utils import model_to_dot"),
    Put("old module", SHORTCUT, "X_shortcut = X\n    from keras.engine.topology import Layer"),
    Put("old module", SHORTCUT, "X_shortcut = X\n    from keras.layers import merge"),
    Put("old module", SHORTCUT, "X_shortcut = X\n    import resnets_utils"),
    Put("old module", SHORTCUT, "X_shortcut = X\n    from tensorflow.contrib import layers"),
    Put("old module", SHORTCUT, "X_shortcut = X\n    from keras.backend import relu"),
    Put("calls itself", SHORTCUT, "X_shortcut = X\n    X = {function}(X, f, filters, stage, block)"),
    Put("divided by zero", SHORTCUT, "X_shortcut = X\n    n = stage // 0"),
    Put("no such key", SHORTCUT, "X_shortcut = X\n    n = {{'a': 1}}['z9']"),
    Put("assertion", SHORTCUT, "X_shortcut = X\n    assert X.shape[0] == 3"),
    Put("exit", SHORTCUT, "X_shortcut = X\n    exit()"),
    Put("no such file", SHORTCUT, "X_shortcut = X\n    open('weights-of-mine.h5')"),
    # ResNet-50
    Put("shape unpacked", r"X_input = Input", "X_input = Input(*input_shape)"),
    Put("shape for tensor", r"X_input = Input", "X_input = input_shape"),
    Put("word for number", r"X_input = Input", "X_input = Input('64, 64, 3')"),
    Put("numpy for tensor", r"X_input = Input", "X_input = np.zeros((1, 64, 64, 3))"),
    Put("old function", r"X_input = Input", "X_input = tf.placeholder(tf.float32, [None, 64, 64, 3])"),
    Put("argument left out", r"X = convolutional_block", "X = convolutional_block(X, 3, [64, 64, 256], 2)"),
    Put("argument left out", r"X = identity_block", "X = identity_block(X, 3, [64, 64, 256], stage=2)"),
    Put("keyword unknown", r"X = identity_block", "X = identity_block(X, 3, [64, 64, 256], stage=2, block='b', s=1)"),
    Put("arguments exchanged", r"X = identity_block", "X = identity_block(X, [64, 64, 256], 3, 2, 'b')"),
    Put("argument too many", r"X = identity_block", "X = identity_block(X, 3, 64, 64, 256, 2, 'b')"),
    Put("wrong number of names", r"X = identity_block", "X = identity_block(X, 3, [64, 64], 2, 'b')"),
    Put("word for list", r"X = identity_block", "X = identity_block(X, 3, '64, 64, 256', 2, 'b')"),
    Put("tensor left out", r"X = identity_block", "X = identity_block(3, [64, 64, 256], 2, 'b')"),
    Put("block called as a layer", r"X = identity_block", "X = identity_block(3, [64, 64, 256], 2, 'b')(X)"),
    Put("result not tensor", r"X = AveragePooling2D", "X = AveragePooling2D((2, 2), padding=1)(X)"),
    Put("window missing", r"X = MaxPooling2D", "X = MaxPooling2D(pool=(3, 3))(X)"),
    Put("window too large", r"X = AveragePooling2D", "X = AveragePooling2D((200, 200))(X)"),
    Put("old argument", r"X = Dense", "X = Dense(output_dim=classes, activation='softmax')(X)"),
    Put("argument left out", r"X = Dense", "X = Dense(activation='softmax')(X)"),
    Put("old argument", r"return Model", "return Model(input=X_input, output=X)"),
    Put("argument left out", r"return Model", "return Model(X_input)"),
    Put("argument left out", r"return Model", "return Model(inputs=X_input)"),
    Put("argument left out", r"return Model", "return Model(outputs=X)"),
    Put("arguments exchanged", r"return Model", "return Model(X, X_input)"),
    Put("shape for tensor", r"return Model", "return Model(inputs=input_shape, outputs=X)"),
    Put("word for tensor", r"return Model", "return Model(inputs='X_input', outputs='X')"),
    Put("class returned", r"return Model", "return Model"),
    Put("tuple returned", r"return Model", "return X_input, X"),
    Put("Sequential", r"return Model", "return Sequential([X_input, X])"),
    Put("number in a loop", r"for letter in", "for letter in 2:"),
    Put("number in a loop", r"for letter in", "for letter in len(filters):"),
    # batch_norm_forward
    Put("method not called", r"mean = x", "mean = x.mean"),
    Put("keyword misspelt", r"mean = x", "mean = x.mean(axes=axes)"),
    Put("keyword misspelt", r"mean = x", "mean = np.mean(x, dim=axes)"),
    Put("no such axis", r"mean = x", "mean = x.mean(axis=7)"),
    Put("list as index", r"axes = ", "axes = list(range(x.ndim - 1))"),
    Put("number called", r"axes = ", "axes = tuple(range(x.ndim() - 1))"),
    Put("tuple in range", r"axes = ", "axes = tuple(range(x.shape))"),
    Put("number called", r"axes = ", "axes = tuple(range(x.shape.ndim - 1))"),
    Put("word for number", r"axes = ", "axes = 'all'"),
    Put("argument too many", r"normalized = \(x - mean", "normalized = (x - mean) / np.sqrt(variance, epsilon)"),
    Put("sign lost", r"normalized = \(x - mean", "normalized = (x - mean)(variance + epsilon)"),
    Put("caret", r"normalized = \(x - mean", "normalized = (x - mean) / (variance + epsilon) ^ 0.5"),
    Put("no such module", r"normalized = \(x - mean", "normalized = (x - mean) / math.sqrt(variance + epsilon)"),
    Put("no such module", r"normalized = \(x - mean", "normalized = (x - mean) / np.square_root(variance + epsilon)"),
    Put("old function", r"variance = x", "variance = np.float(x.var(axis=axes))"),
    Put("shapes that don't fit", r"mean = x", "mean = x.mean(axis=-1)"),
    Put("shapes that don't fit", r"variance = x", "variance = x[:-1]"),
    Put("word for number", r"moving_mean = ", "moving_mean = 'momentum' * moving_mean"),
    Put("sign lost", r"moving_mean = ", "moving_mean = momentum moving_mean + (1 - momentum) * mean"),
    Put("sign lost", r"moving_mean = ", "moving_mean = momentum(moving_mean) + (1 - momentum)(mean)"),
    Put("index out of range", r"moving_mean = ", "moving_mean = momentum * moving_mean + mean[99]"),
    Put("number as list", r"moving_mean = ", "moving_mean = momentum[0] * moving_mean"),
    Put("= in a condition", r"if training", "if training = True:"),
    Put("array as condition", r"if training", "if x > 0:"),
    Put("wrong number of names", r"mean, variance = ", "mean, variance = moving_mean"),
    Put("wrong number of names", r"mean, variance = ", "mean, variance = moving_mean, moving_variance, 1"),
    Put("too few returned", r"return gamma", "return gamma * normalized + beta"),
    Put("too few returned", r"return gamma", "return gamma * normalized + beta, moving_mean"),
    Put("word returned", r"return gamma", "return 'out', moving_mean, moving_variance"),
    Put("None in the list", r"return gamma", "return gamma * normalized + beta, moving_mean, None"),
)  # fmt: skip


def texts(sol: Solution) -> Iterator[Slip]:
    """The written slips, each in the first two statements that it fits."""
    for put in PUTS:
        times = 0
        for stmt in sol.statements:
            match = re.match(put.old, sol.text(stmt))
            if match is None or times == 2:
                continue
            times += 1
            target = next((group for group in match.groups() if group), "")
            new = put.new.format(target, function=sol.function.name)
            if target == "return":
                new = new.replace("return = ", "return ")
            start, end = sol.span(stmt)
            if put.old.startswith(("for", "if")):
                end = sol.code.index(":", start) + 1
            yield sol.slip(put.kind, stmt, sol.changed(start, end, new), new, sol.code[start:end])
