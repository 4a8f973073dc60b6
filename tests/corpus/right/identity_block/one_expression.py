# exercise: identity_block
# title: everything nested in one expression

def identity_block(X, f, filters, stage, block):
    r, b = f'res{stage}{block}_branch', f'bn{stage}{block}_branch'
    g = dict(kernel_initializer='glorot_uniform')
    g['kernel_initializer'] = keras.initializers.get({'class_name': 'GlorotUniform', 'config': {'seed': 0}})
    return Activation('relu')(Add()([
        X,
        BatchNormalization(name=b + '2c')(Conv2D(filters[2], 1, name=r + '2c', **g)(
            Activation('relu')(BatchNormalization(name=b + '2b')(Conv2D(filters[1], f, padding='same', name=r + '2b', **g)(
                Activation('relu')(BatchNormalization(name=b + '2a')(Conv2D(filters[0], 1, name=r + '2a', **g)(X))))))))]))
