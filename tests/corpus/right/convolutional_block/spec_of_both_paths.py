# exercise: convolutional_block
# title: two lists of specifications, one for each path

def convolutional_block(X, f, filters, stage, block, s=2):
    F1, F2, F3 = filters

    def run(path):
        x = X
        for branch, n, k, stride, relu in path:
            x = Conv2D(n, (k, k), strides=(stride, stride), padding='same' if branch == '2b' else 'valid',
                       name='res{}{}_branch{}'.format(stage, block, branch), kernel_initializer=glorot_uniform(seed=0))(x)
            x = BatchNormalization(axis=3, name='bn{}{}_branch{}'.format(stage, block, branch))(x)
            if relu:
                x = Activation('relu')(x)
        return x

    main = run([('2a', F1, 1, s, True), ('2b', F2, f, 1, True), ('2c', F3, 1, 1, False)])
    shortcut = run([('1', F3, 1, s, False)])
    return Activation('relu')(Add()([main, shortcut]))
