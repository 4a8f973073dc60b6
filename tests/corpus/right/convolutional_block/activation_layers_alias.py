# exercise: convolutional_block
# title: import ... as; an alias for every layer

import keras.layers as kl
from keras.initializers import GlorotUniform as xavier

def convolutional_block(X, f, filters, stage, block, s=2):
    F1, F2, F3 = filters
    pre = str(stage) + str(block)
    t = kl.Conv2D(F1, (1, 1), (s, s), kernel_initializer=xavier(seed=0), name='res' + pre + '_branch2a')(X)
    t = kl.BatchNormalization(-1, name='bn' + pre + '_branch2a')(t)
    t = kl.Activation('relu')(t)
    t = kl.Conv2D(F2, (f, f), (1, 1), 'same', kernel_initializer=xavier(seed=0), name='res' + pre + '_branch2b')(t)
    t = kl.BatchNormalization(-1, name='bn' + pre + '_branch2b')(t)
    t = kl.Activation('relu')(t)
    t = kl.Conv2D(F3, (1, 1), (1, 1), kernel_initializer=xavier(seed=0), name='res' + pre + '_branch2c')(t)
    t = kl.BatchNormalization(-1, name='bn' + pre + '_branch2c')(t)
    u = kl.Conv2D(F3, (1, 1), (s, s), kernel_initializer=xavier(seed=0), name='res' + pre + '_branch1')(X)
    u = kl.BatchNormalization(-1, name='bn' + pre + '_branch1')(u)
    return kl.Activation('relu')(kl.Add()([t, u]))
