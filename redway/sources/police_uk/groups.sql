-- Accepted rows by force and month; by nothing when the file's name says its month (a file of one force).
-- `low` and `high` add up the halves of each row's MD5, so they depend on the rows and how often each is
-- there, but not on the order, line ends or columns' order of the file they came in.
-- rows.py puts in $cells, the row's cells as text, and $notes, what counts rows that are odd but kept.
WITH rows AS (
    SELECT
        *,
        concat_ws(chr(31), $cells) AS text,
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
    $notes
FROM rows
GROUP BY force, month
ORDER BY count(*) DESC, force, month
