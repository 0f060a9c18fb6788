-- Rows with a month, a force, an area and a point, typed and checked one by one: street crime and outcomes.
-- Reads $named (a file's rows as text under the accepted names, empty cells null; `row`; and `word`,
-- the cell that must be one of the publisher's fixed words) and the tables `areas` and `our_areas` (code); the
-- variables hold what the file's name, the clock and the kind of file say.
-- `fault` is null for a row that is taken, else the key of a fault in located.py; `came` is the cell at fault.
-- `point_fault` is the key of what is wrong with a point, whether or not its row is taken; `point` is that point.
WITH placed AS (
    SELECT
        *,
        -- Not a join: IN keeps the order of the rows.
        lsoa_code IN (SELECT code FROM areas) AS known,
        lsoa_code IN (SELECT code FROM our_areas) AS ours,
        try_cast(longitude AS DOUBLE) AS x,
        try_cast(latitude AS DOUBLE) AS y,
        -- The British Isles. NaN is larger than any number, so it lies outside too.
        x BETWEEN -9 AND 2.5 AND y BETWEEN 49 AND 61.5 AS inside,
        longitude IS NOT NULL OR latitude IS NOT NULL AS has_point,
        CASE
            WHEN NOT has_point OR inside THEN NULL
            WHEN y BETWEEN -9 AND 2.5 AND x BETWEEN 49 AND 61.5 THEN 'swapped'
            ELSE 'point'
        END AS point_fault,
        CASE WHEN point_fault IS NOT NULL THEN concat('longitude ', longitude, ', latitude ', latitude) END AS point
    FROM ($named)
)
SELECT
    * EXCLUDE (word, known, x, y, inside, has_point)
    REPLACE (CASE WHEN inside THEN x END AS longitude, CASE WHEN inside THEN y END AS latitude),
    CASE
        WHEN month = 'Month' AND word = getvariable('word_heading') THEN 'heading'
        WHEN month IS NULL OR NOT regexp_full_match(month, '[0-9]{4}-(0[1-9]|1[0-2])')
            THEN CASE WHEN regexp_full_match(trim(month), '[0-9]{4}-(0[1-9]|1[0-2])') THEN 'padded month' ELSE 'month' END
        WHEN month <> getvariable('month_of_file') THEN 'other month'
        WHEN month < '2010-12' OR month > getvariable('this_month') THEN 'impossible month'
        WHEN reported_by IS NULL OR trim(reported_by) = '' OR contains(reported_by, chr(0)) THEN 'force'
        WHEN word IS NULL OR NOT list_contains(getvariable('words'), word)
            THEN CASE WHEN list_contains(getvariable('words'), trim(word)) THEN 'padded word' ELSE 'word' END
        WHEN lsoa_code IS NOT NULL AND NOT known
            THEN
                CASE
                    WHEN regexp_full_match(lsoa_code, '[EW]01[0-9]{6}') THEN 'unknown area'
                    WHEN regexp_full_match(trim(lsoa_code), '[EW]01[0-9]{6}') THEN 'padded area'
                    ELSE 'area code'
                END
        WHEN lsoa_code IS NULL THEN point_fault
    END AS fault,
    CASE fault
        WHEN 'heading' THEN month
        WHEN 'month' THEN month
        WHEN 'padded month' THEN month
        WHEN 'other month' THEN month
        WHEN 'impossible month' THEN month
        WHEN 'force' THEN reported_by
        WHEN 'word' THEN word
        WHEN 'padded word' THEN word
        WHEN 'padded area' THEN lsoa_code
        WHEN 'unknown area' THEN lsoa_code
        WHEN 'area code' THEN lsoa_code
        WHEN 'swapped' THEN point
        WHEN 'point' THEN point
    END AS came
FROM placed
