module github.com/licet/licet/rules/gen

go 1.26.0

require github.com/licet/licet v0.0.0

replace github.com/licet/licet => ../..
