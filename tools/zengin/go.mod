module soukin/tools/zengin

go 1.26.0
