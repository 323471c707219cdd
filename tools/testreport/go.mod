module soukin/tools/testreport

go 1.26.0
