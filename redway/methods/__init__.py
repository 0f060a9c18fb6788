"""The methods: arrays in, a small frozen result out. Import them by topic, as `redway.methods.repeats.knox`.

Importing is kept light: numpy, scipy.special and scipy.sparse. Other parts of scipy are reached through `import scipy`,
which loads a part when it is first used, or imported in the function that needs them.
"""
