# exercise: convolutional_block
# title: functools.partial with the stride passed by keyword

import functools

def convolutional_block(X, f, filters, stage, block, s=2):
    F1, F2, F3 = filters
    Conv = functools.partial(layers.Conv2D, kernel_initializer=glorot_uniform(0))
    Project = functools.partial(Conv, kernel_size=1, strides=s)

    y = Project(F1, name=f'res{stage}{block}_branch2a')(X)
    y = layers.BatchNormalization(name=f'bn{stage}{block}_branch2a')(y)
    y = layers.Activation('relu')(y)
    y = Conv(F2, f, padding='same', name=f'res{stage}{block}_branch2b')(y)
    y = layers.BatchNormalization(name=f'bn{stage}{block}_branch2b')(y)
    y = layers.Activation('relu')(y)
    y = Conv(F3, 1, name=f'res{stage}{block}_branch2c')(y)
    y = layers.BatchNormalization(name=f'bn{stage}{block}_branch2c')(y)

    z = Project(F3, name=f'res{stage}{block}_branch1')(X)
    z = layers.BatchNormalization(name=f'bn{stage}{block}_branch1')(z)
    return layers.Activation('relu')(layers.Add()([y, z]))
