"""Style sheet and scripts: what they are made of, and `python -m redway.web.front_end.build`, which makes them."""
