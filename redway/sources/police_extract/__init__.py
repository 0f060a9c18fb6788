"""The police force's own depersonalised extract of recorded crime: offences by code, people by band, flags."""
