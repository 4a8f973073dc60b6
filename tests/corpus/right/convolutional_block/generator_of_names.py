# exercise: convolutional_block
# title: names come from an inner function with format and join

def convolutional_block(X, f, filters, stage, block, s=2):
    def named(kind, branch):
        return '_'.join(['{0}{1}{2}'.format(kind, stage, block), 'branch' + branch])

    F = dict(enumerate(filters, start=1))
    x = Conv2D(filters=F[1], kernel_size=[1, 1], strides=[s, s], name=named('res', '2a'), kernel_initializer=glorot_uniform(seed=0))(X)
    x = BatchNormalization(name=named('bn', '2a'))(x)
    x = ReLU()(x)
    x = Conv2D(filters=F[2], kernel_size=[f, f], padding='same', name=named('res', '2b'), kernel_initializer=glorot_uniform(seed=0))(x)
    x = BatchNormalization(name=named('bn', '2b'))(x)
    x = ReLU()(x)
    x = Conv2D(filters=F[3], kernel_size=[1, 1], name=named('res', '2c'), kernel_initializer=glorot_uniform(seed=0))(x)
    x = BatchNormalization(name=named('bn', '2c'))(x)

    short = BatchNormalization(name=named('bn', '1'))(
        Conv2D(filters=F[3], kernel_size=[1, 1], strides=[s, s], name=named('res', '1'), kernel_initializer=glorot_uniform(seed=0))(X))
    return ReLU()(Add()([short, x]))
