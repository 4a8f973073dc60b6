# exercise: identity_block
# title: the last activation is PyTorch's F.relu, beside a parameter f
# error: other
# says: `F` is a part of PyTorch

def identity_block(X, f, filters, stage, block):
    F1, F2, F3 = filters
    nm = str(stage) + block + '_branch'
    X_shortcut = X

    X = Conv2D(filters=F1, kernel_size=(1, 1), strides=(1, 1), padding='valid', name='res' + nm + '2a', kernel_initializer=glorot_uniform(seed=0))(X)
    X = BatchNormalization(axis=3, name='bn' + nm + '2a')(X)
    X = Activation('relu')(X)

    X = Conv2D(filters=F2, kernel_size=(f, f), strides=(1, 1), padding='same', name='res' + nm + '2b', kernel_initializer=glorot_uniform(seed=0))(X)
    X = BatchNormalization(axis=3, name='bn' + nm + '2b')(X)
    X = Activation('relu')(X)

    X = Conv2D(filters=F3, kernel_size=(1, 1), strides=(1, 1), padding='valid', name='res' + nm + '2c', kernel_initializer=glorot_uniform(seed=0))(X)
    X = BatchNormalization(axis=3, name='bn' + nm + '2c')(X)

    X = Add()([X, X_shortcut])
    X = F.relu(X)
    return X
