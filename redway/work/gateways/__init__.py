"""The register of gateways: by what power, for what purpose and how long partners' data may be held and read."""
