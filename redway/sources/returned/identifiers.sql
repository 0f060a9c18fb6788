-- Direct identifiers inside a cell. `suspicious` is one pattern that every one of them matches, so that of a million
-- clean cells each is looked at once. identifiers.py puts in the lists of words. Formats of numbers and how their check
-- digits are worked out are general knowledge of the NHS, the Department for Education and the police.
CREATE OR REPLACE MACRO suspicious(cell) AS regexp_matches(
    cell,
    '@|[0-9][0-9 -]{6,}[0-9]|[0-9]{2} ?[A-Z]\b|[A-Z] ?[0-9]{2}|[0-9][A-Z]{2}\b|[0-9][A-Za-z]?,? +[A-Z]|(?i:[a-z][0-9][0-9a-z]? ?[0-9][a-z]{2}\b)|/[0-9]{4,}[A-Z]|(?i:\bdob\b|d\.o\.b|birth|\bborn\b)|\b(?:$title)\b|\b(?:$given) +[A-Z]'
);
CREATE OR REPLACE MACRO has_email(cell) AS regexp_matches(cell, '[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+\.[A-Za-z]{2,}');
CREATE OR REPLACE MACRO digit(digits, nth) AS ascii(digits[nth]) - 48;
-- Modulus 11: ten weights nine digits, and the tenth makes them a multiple of eleven.
CREATE OR REPLACE MACRO nhs_checks(digits) AS
    (10 * digit(digits, 1) + 9 * digit(digits, 2) + 8 * digit(digits, 3) + 7 * digit(digits, 4) + 6 * digit(digits, 5)
    + 5 * digit(digits, 6) + 4 * digit(digits, 7) + 3 * digit(digits, 8) + 2 * digit(digits, 9) + digit(digits, 10)) % 11 = 0
    AND digits <> repeat(digits[1], 10);
CREATE OR REPLACE MACRO has_nhs_number(cell) AS len(list_filter(
    regexp_extract_all(cell, '(?:^|[^0-9])([0-9]{3}[ -]?[0-9]{3}[ -]?[0-9]{4})(?:$|[^0-9])', 1),
    lambda found: nhs_checks(regexp_replace(found, '[ -]', '', 'g'))
)) > 0;
CREATE OR REPLACE MACRO has_ni_number(cell) AS regexp_matches(
    cell, '(?i)\b[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?[0-9]{2} ?[0-9]{2} ?[0-9]{2} ?[A-D]\b'
);
-- A unique pupil number: its first letter checks the twelve that follow.
CREATE OR REPLACE MACRO upn_checks(upn) AS 'ABCDEFGHJKLMNPQRTUVWXYZ'[
    (2 * digit(upn, 2) + 3 * digit(upn, 3) + 4 * digit(upn, 4) + 5 * digit(upn, 5) + 6 * digit(upn, 6)
    + 7 * digit(upn, 7) + 8 * digit(upn, 8) + 9 * digit(upn, 9) + 10 * digit(upn, 10) + 11 * digit(upn, 11)
    + 12 * digit(upn, 12) + 13 * digit(upn, 13)) % 23 + 1
] = upn[1];
CREATE OR REPLACE MACRO has_upn(cell) AS len(list_filter(
    regexp_extract_all(upper(cell), '\b[A-HJ-NP-RT-Z][0-9]{12}\b'), lambda found: upn_checks(found)
)) > 0;
-- A PNC number, 01/1234567X: its last letter checks the two digits of the year and the seven that follow.
CREATE OR REPLACE MACRO pnc_checks(year, number, letter) AS
    'ZABCDEFGHJKLMNPQRTUVWXY'[((year::BIGINT % 100) * 10000000 + number::BIGINT) % 23 + 1] = letter;
CREATE OR REPLACE MACRO has_pnc(cell) AS len(list_filter(
    regexp_extract_all(upper(cell), '\b[0-9]{2,4}/[0-9]{4,7}[A-Z]\b'),
    lambda found: pnc_checks(split_part(found, '/', 1), split_part(found, '/', 2)[:-2], found[-1])
)) > 0;
CREATE OR REPLACE MACRO has_phone(cell) AS regexp_matches(
    cell, '(?:^|[^0-9A-Za-z])(?:\+44 ?(?:\(0\) ?)?|0044 ?|\(?0)(?:[12378][0-9](?:[ )-]{0,2}[0-9]){8}|[12][0-9](?:[ )-]{0,2}[0-9]){7})(?:$|[^0-9])'
);
CREATE OR REPLACE MACRO has_birth_date(cell) AS regexp_matches(
    cell, '(?i)(?:\bdob\b|\bd\.o\.b\.?|\bdate of birth\b|\bborn\b)[^0-9\n]{0,12}[0-9]{1,4}[ /.-][0-9A-Za-z]{1,9}[ /.-][0-9]{2,4}'
);
CREATE OR REPLACE MACRO without_places(cell) AS regexp_replace(
    regexp_replace(cell, '(?i)\b(?:$spared)\b', ' ', 'g'),
    '(?:\b[A-Z][A-Za-z''’-]* +){1,3}(?:$place)\b', ' ', 'g'
);
CREATE OR REPLACE MACRO has_name(cell) AS
    regexp_matches(cell, '\b(?:$title)\.? +[A-Z][A-Za-z''’-]+')
    OR (
        regexp_matches(cell, '\b(?:$given) +(?:[A-Z]\.? +)?[A-Z][A-Za-z''’-]+')
        AND regexp_matches(without_places(cell), '\b(?:$given) +(?:[A-Z]\.? +)?[A-Z][A-Za-z''’-]+')
    );
CREATE OR REPLACE MACRO has_postcode(cell) AS regexp_matches(
    cell, '(?i)\b(?:[A-PR-UWYZ][A-HK-Y]?[0-9][0-9A-HJKPSTUW]?) ?[0-9][ABD-HJLNP-UW-Z]{2}\b'
);
CREATE OR REPLACE MACRO has_address(cell) AS regexp_matches(
    cell, '\b[0-9]{1,4}[A-Za-z]?,? +(?:[A-Z][A-Za-z''’-]+ +){1,3}(?:Street|St|Road|Rd|Avenue|Ave|Lane|Drive|Way|Close|Court|Crescent|Place|Square|Gardens|Grove|Terrace|Walk|Row|Rise|Mews|Gate|STREET|ROAD|AVENUE|LANE|DRIVE|WAY|CLOSE|COURT|CRESCENT|PLACE|GARDENS|GROVE|TERRACE)\b'
);
