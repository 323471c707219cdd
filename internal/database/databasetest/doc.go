// Package databasetest gives tests a fresh database of each engine.
package databasetest
