-- Accepted rows by force and month; by nothing when the file's name says its month (a file of one force).
-- `low` and `high` add up the halves of each row's MD5, so they depend on the rows and how often each is
-- there, but not on the order, line ends or columns' order of the file they came in.
WITH rows AS (
    SELECT
        *,
        concat_ws(
            chr(31),
            coalesce(crime_id, chr(30)),
            month,
            reported_by,
            coalesce(falls_within, chr(30)),
            coalesce(longitude::VARCHAR, chr(30)),
            coalesce(latitude::VARCHAR, chr(30)),
            coalesce(location, chr(30)),
            coalesce(lsoa_code, chr(30)),
            coalesce(lsoa_name, chr(30)),
            crime_type,
            coalesce(outcome, chr(30)),
            coalesce(context, chr(30))
        ) AS text,
        md5_number(text) AS digest,
        CASE WHEN getvariable('month_of_file') IS NULL THEN reported_by END AS force
    FROM staged
    WHERE fault IS NULL
)
SELECT
    force,
    month,
    count(*) AS rows,
    sum((digest & 18446744073709551615::UHUGEINT)::UBIGINT) AS low,
    sum((digest >> 64)::UBIGINT) AS high,
    histogram(reported_by) AS forces,
    count(*) FILTER (lsoa_code IS NULL AND longitude IS NULL) AS unlocated,
    count(*) FILTER (lsoa_code IS NULL AND longitude IS NOT NULL) AS no_area,
    count(*) FILTER (ours = false) AS outside,
    count(*) FILTER (bad_point) AS bad_point,
    count(crime_id) - count(DISTINCT hash(crime_id)) FILTER (crime_id IS NOT NULL) AS repeated
FROM rows
GROUP BY force, month
ORDER BY count(*) DESC, force, month
