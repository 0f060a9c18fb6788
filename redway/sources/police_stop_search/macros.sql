-- What checks.sql asks of a cell.
CREATE OR REPLACE MACRO yes_no(cell) AS CASE upper(cell) WHEN 'TRUE' THEN true WHEN 'FALSE' THEN false END;
CREATE OR REPLACE MACRO neither(cell) AS cell IS NOT NULL AND yes_no(cell) IS NULL;
CREATE OR REPLACE MACRO odd(cell, words) AS cell IS NOT NULL AND NOT list_contains(words, cell);
