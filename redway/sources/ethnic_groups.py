"""The census's ethnic groups, by the short codes that answers to surveys have too."""

# How the census of 2021 begins the name of each broad group in England and Wales -> its code.
BROAD = {
    "Asian, Asian British or Asian Welsh": "asian",
    "Black, Black British, Black Welsh, Caribbean or African": "black",
    "Mixed or Multiple ethnic groups": "mixed",
    "Other ethnic group": "other",
    "White": "white",
}
