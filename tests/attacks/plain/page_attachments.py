# story: Attachments of types that are no pictures.
# aim: escape
# stock: nothing: nbconvert escapes them
# prepare: attachments


