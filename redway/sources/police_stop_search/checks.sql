-- Searches, typed and checked one by one. Reads the view `sent` (a file's rows as text, empty cells null, with
-- `row`); the variables hold what the file's name, the clock and the look-up of ethnicities say.
-- The functions are those of macros.sql.
-- `fault` is null for a row that is taken, else the key of a fault in load.py; `came` is the cell at fault.
-- `point_fault` and `word_fault` are the keys of what is odd in a row that is taken; `point` and `word` are the cells.
WITH typed AS (
    SELECT
        *,
        CASE
            WHEN regexp_full_match("Date", '[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}([+-][0-9]{2}:[0-9]{2}|Z)')
                THEN try_cast("Date" AS TIMESTAMPTZ)
        END AS moment,
        -- The publisher files searches by the clocks people live by, and writes their times in UTC.
        timezone('Europe/London', moment) AS clock,
        strftime(clock, '%Y-%m') AS month,
        list_position(getvariable('wordings'), "Self-defined ethnicity") AS wording,
        try_cast("Longitude" AS DOUBLE) AS x,
        try_cast("Latitude" AS DOUBLE) AS y,
        -- The British Isles. NaN is larger than any number, so it lies outside too.
        x BETWEEN -9 AND 2.5 AND y BETWEEN 49 AND 61.5 AS inside,
        "Longitude" IS NOT NULL OR "Latitude" IS NOT NULL AS has_point
    FROM sent
)
SELECT
    row,
    month,
    getvariable('force_of_file') AS reported_by,
    "Type" AS type,
    clock::DATE AS date,
    strftime(clock, '%H:%M:%S') AS time,
    yes_no("Part of a policing operation") AS part_of_operation,
    "Policing operation" AS operation,
    CASE WHEN inside THEN y END AS latitude,
    CASE WHEN inside THEN x END AS longitude,
    "Gender" AS gender,
    "Age range" AS age_range,
    "Self-defined ethnicity" AS self_defined_ethnicity,
    getvariable('codes')[wording] AS self_defined_code,
    getvariable('groups')[wording] AS self_defined_group,
    "Officer-defined ethnicity" AS officer_defined_ethnicity,
    "Legislation" AS legislation,
    "Object of search" AS object_of_search,
    "Outcome" AS outcome,
    yes_no("Outcome linked to object of search") AS outcome_linked,
    yes_no("Removal of more than just outer clothing") AS more_than_outer_clothing,
    has_point,
    CASE
        WHEN NOT has_point OR inside THEN NULL
        WHEN y BETWEEN -9 AND 2.5 AND x BETWEEN 49 AND 61.5 THEN 'swapped'
        ELSE 'point'
    END AS point_fault,
    CASE WHEN point_fault IS NOT NULL THEN concat('longitude ', "Longitude", ', latitude ', "Latitude") END AS point,
    CASE
        WHEN odd("Gender", getvariable('genders')) THEN 'gender'
        WHEN odd("Age range", getvariable('ages')) THEN 'age range'
        WHEN odd("Self-defined ethnicity", getvariable('wordings')) THEN 'self-defined'
        WHEN odd("Officer-defined ethnicity", getvariable('seen')) THEN 'officer-defined'
    END AS word_fault,
    CASE word_fault
        WHEN 'gender' THEN "Gender"
        WHEN 'age range' THEN "Age range"
        WHEN 'self-defined' THEN "Self-defined ethnicity"
        WHEN 'officer-defined' THEN "Officer-defined ethnicity"
    END AS word,
    CASE
        WHEN "Date" = 'Date' AND "Type" = 'Type' THEN 'heading'
        WHEN moment IS NULL THEN 'date'
        WHEN month <> getvariable('month_of_file') THEN 'other month'
        WHEN month < '2010-12' OR month > getvariable('this_month') THEN 'impossible date'
        WHEN "Type" IS NULL OR NOT list_contains(getvariable('types'), "Type") THEN 'type'
        WHEN neither("Part of a policing operation") THEN 'operation'
        WHEN neither("Outcome linked to object of search") THEN 'linked'
        WHEN neither("Removal of more than just outer clothing") THEN 'clothing'
    END AS fault,
    CASE fault
        WHEN 'heading' THEN "Date"
        WHEN 'date' THEN "Date"
        WHEN 'other month' THEN "Date"
        WHEN 'impossible date' THEN "Date"
        WHEN 'type' THEN "Type"
        WHEN 'operation' THEN "Part of a policing operation"
        WHEN 'linked' THEN "Outcome linked to object of search"
        WHEN 'clothing' THEN "Removal of more than just outer clothing"
    END AS came
FROM typed
