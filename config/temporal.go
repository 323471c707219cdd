package config

import (
	"fmt"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/contrib/envconfig"
)

// Temporal is the connection to a Temporal server.
type Temporal struct {
	Options client.Options
}

// Address is host:port of the server.
func (t Temporal) Address() string { return t.Options.HostPort }

// Namespace is the namespace remittances live in.
func (t Temporal) Namespace() string { return t.Options.Namespace }

func loadTemporal(env envconfig.EnvLookup) (Temporal, error) {
	opts, err := envconfig.LoadClientOptions(envconfig.LoadClientOptionsRequest{EnvLookup: env})
	if err != nil {
		return Temporal{}, fmt.Errorf("connection to Temporal (TEMPORAL_* and its profile file): %w", err)
	}
	if opts.HostPort == "" {
		opts.HostPort = client.DefaultHostPort
	}
	if opts.Namespace == "" {
		opts.Namespace = client.DefaultNamespace
	}
	return Temporal{Options: opts}, nil
}

// temporalSettings documents the names that Temporal's own configuration
// package reads; the package itself publishes no list.
var temporalSettings = []Setting{
	{Name: "TEMPORAL_ADDRESS", Default: "127.0.0.1:7233", Unit: "host:port", Doc: "The Temporal server. The demo starts its own unless this is set."},
	{Name: "TEMPORAL_NAMESPACE", Default: "default", Unit: "name", Doc: "The namespace remittances live in. Its search attributes must be registered (docs/runbook.md)."},
	{Name: "TEMPORAL_API_KEY", Unit: "text", Secret: true, Doc: "API key of Temporal Cloud. Turns TLS on."},
	{Name: "TEMPORAL_TLS", Unit: "true or false", Doc: "Turns TLS on or off."},
	{Name: "TEMPORAL_TLS_CLIENT_CERT_PATH", Unit: "path", Doc: "Client certificate for mutual TLS (or _DATA with the PEM text)."},
	{Name: "TEMPORAL_TLS_CLIENT_KEY_PATH", Unit: "path", Doc: "Its key (or _DATA with the PEM text)."},
	{Name: "TEMPORAL_TLS_SERVER_CA_CERT_PATH", Unit: "path", Doc: "CA that signed the server's certificate (or _DATA with the PEM text)."},
	{Name: "TEMPORAL_TLS_SERVER_NAME", Unit: "host", Doc: "Name to expect in the server's certificate."},
	{Name: "TEMPORAL_TLS_DISABLE_HOST_VERIFICATION", Unit: "true or false", Doc: "Accepts any server certificate. Never in production."},
	{Name: "TEMPORAL_CLIENT_AUTHORITY", Unit: "host", Doc: "The :authority of calls, for proxies."},
	{Name: "TEMPORAL_GRPC_META_<NAME>", Unit: "text", Secret: true, Doc: "A header sent with every call."},
	{Name: "TEMPORAL_CONFIG_FILE", Default: "temporalio/temporal.toml in the user's configuration directory", Unit: "path", Doc: "Temporal's own profile file; everything above can stand there."},
	{Name: "TEMPORAL_PROFILE", Default: "default", Unit: "name", Doc: "Which profile of that file."},
}
