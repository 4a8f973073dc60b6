# exercise: identity_block
# title: the whole block is a functional model that is called on X

def identity_block(X, f, filters, stage, block):
    F1, F2, F3 = filters
    inner = Input(shape=X.shape[1:])
    t = inner
    for n, k, c in ((F1, 1, 'a'), (F2, f, 'b'), (F3, 1, 'c')):
        t = Conv2D(n, k, padding='same', name=f'res{stage}{block}_branch2{c}', kernel_initializer=glorot_uniform(seed=0))(t)
        t = BatchNormalization(axis=3, name=f'bn{stage}{block}_branch2{c}')(t)
        if c in 'ab':
            t = Activation('relu')(t)
    t = Add()([t, inner])
    t = Activation('relu')(t)
    return Model(inner, t)(X)
