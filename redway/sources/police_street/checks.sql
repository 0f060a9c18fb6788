-- Street rows, typed and checked one by one. Reads the view `sent` (a file's rows as text, empty cells null,
-- with `row`) and the tables `areas` and `our_areas` (code); the variables hold what the file's name and the
-- clock say.
-- `fault` is null for a row that is taken, else the key of a fault in faults.py; `came` is the cell at fault.
CREATE OR REPLACE VIEW checked AS
WITH placed AS (
    SELECT
        row,
        "Crime ID" AS crime_id,
        "Month" AS month,
        "Reported by" AS reported_by,
        "Falls within" AS falls_within,
        "Location" AS location,
        "LSOA code" AS lsoa_code,
        "LSOA name" AS lsoa_name,
        "Crime type" AS crime_type,
        "Last outcome category" AS outcome,
        "Context" AS context,
        -- Not a join: IN keeps the order of the rows.
        "LSOA code" IN (SELECT code FROM areas) AS known,
        "LSOA code" IN (SELECT code FROM our_areas) AS ours,
        try_cast("Longitude" AS DOUBLE) AS x,
        try_cast("Latitude" AS DOUBLE) AS y,
        -- The British Isles. NaN is larger than any number, so it lies outside too.
        x BETWEEN -9 AND 2.5 AND y BETWEEN 49 AND 61.5 AS inside,
        "Longitude" IS NOT NULL OR "Latitude" IS NOT NULL AS has_point,
        has_point AND inside IS NOT TRUE AS bad_point,
        bad_point AND coalesce(y BETWEEN -9 AND 2.5 AND x BETWEEN 49 AND 61.5, false) AS swapped_point,
        CASE WHEN bad_point THEN concat('longitude ', "Longitude", ', latitude ', "Latitude") END AS point
    FROM sent
)
SELECT
    row,
    crime_id,
    month,
    reported_by,
    falls_within,
    CASE WHEN inside THEN x END AS longitude,
    CASE WHEN inside THEN y END AS latitude,
    location,
    lsoa_code,
    lsoa_name,
    crime_type,
    outcome,
    context,
    ours,
    bad_point,
    swapped_point,
    point,
    CASE
        WHEN month = 'Month' AND crime_type = 'Crime type' THEN 'heading'
        WHEN month IS NULL OR NOT regexp_full_match(month, '[0-9]{4}-(0[1-9]|1[0-2])')
            THEN CASE WHEN regexp_full_match(trim(month), '[0-9]{4}-(0[1-9]|1[0-2])') THEN 'padded month' ELSE 'month' END
        WHEN month <> getvariable('month_of_file') THEN 'other month'
        WHEN month < '2010-12' OR month > getvariable('this_month') THEN 'impossible month'
        WHEN reported_by IS NULL OR trim(reported_by) = '' OR contains(reported_by, chr(0)) THEN 'force'
        WHEN crime_type IS NULL OR NOT list_contains(getvariable('crime_types'), crime_type)
            THEN
                CASE
                    WHEN list_contains(getvariable('crime_types'), trim(crime_type)) THEN 'padded crime type'
                    ELSE 'crime type'
                END
        WHEN lsoa_code IS NOT NULL AND NOT known
            THEN
                CASE
                    WHEN regexp_full_match(lsoa_code, '[EW]01[0-9]{6}') THEN 'unknown area'
                    WHEN regexp_full_match(trim(lsoa_code), '[EW]01[0-9]{6}') THEN 'padded area'
                    ELSE 'area code'
                END
        WHEN lsoa_code IS NULL AND swapped_point THEN 'swapped'
        WHEN lsoa_code IS NULL AND bad_point THEN 'point'
    END AS fault,
    CASE fault
        WHEN 'heading' THEN month
        WHEN 'month' THEN month
        WHEN 'padded month' THEN month
        WHEN 'other month' THEN month
        WHEN 'impossible month' THEN month
        WHEN 'force' THEN reported_by
        WHEN 'crime type' THEN crime_type
        WHEN 'padded crime type' THEN crime_type
        WHEN 'padded area' THEN lsoa_code
        WHEN 'unknown area' THEN lsoa_code
        WHEN 'area code' THEN lsoa_code
        WHEN 'swapped' THEN point
        WHEN 'point' THEN point
    END AS came
FROM placed
