"""`python -m redway.products.handbook [NAME ...]`: draw the pictures that have changed."""

import sys

from redway.products.handbook.drawing import draw_anew, pictures

for one in draw_anew(sys.argv[1:] or pictures()):
    print(one)
