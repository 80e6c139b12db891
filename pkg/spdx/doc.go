// Package spdx reads, compares and prints SPDX license expressions.
package spdx
