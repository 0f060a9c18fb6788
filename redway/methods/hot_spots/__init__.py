"""Hot spots: where recorded events lie closer than chance would put them, and whether that lasts."""
