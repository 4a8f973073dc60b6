# exercise: identity_block
# title: sum over a generator, ops.relu, filters and windows in a dictionary

def identity_block(X, f, filters, stage, block):
    sizes = dict(zip('abc', zip(filters, [1, f, 1])))
    y = X
    for c, (n, k) in sizes.items():
        y = Conv2D(n, k, padding='same', kernel_initializer=keras.initializers.GlorotUniform(seed=0), name=f'res{stage}{block}_branch2{c}')(y)
        y = BatchNormalization(name=f'bn{stage}{block}_branch2{c}')(y)
        y = keras.activations.relu(y) if c != 'c' else y
    return keras.ops.relu(sum(t for t in (y, X)))
