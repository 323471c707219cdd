// Package config loads the settings of every process from the environment and
// from the file soukin.env in the home directory, checks them, and shows them
// without secrets.
//
// A setting is looked for in the environment first, then in soukin.env, then
// its default holds. An empty value counts as not set. The connection to
// Temporal is read with Temporal's own names (TEMPORAL_ADDRESS and so on) and
// its own profile file, so that whatever works with Temporal's command line
// works here. docs/settings.md is generated from this package.
package config
