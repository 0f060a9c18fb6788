"""The handbook's pictures: each method run on a small made-up example, and drawn as the product draws.

`python -m redway.products.handbook` draws them anew beside the pages, in redway/methods/handbook.
"""
