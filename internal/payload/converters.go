package payload

import (
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/worker"

	"soukin/internal/keyring"
)

// Converters are what a Temporal client, worker, replayer or test environment
// needs to speak to histories that this package encrypted.
type Converters struct {
	Data    converter.DataConverter
	Failure converter.FailureConverter
}

// ForWorker returns the converters of every client that a worker is built on,
// and of replayers and workflow tests.
//
// A payload that cannot be read, because its key is missing or because it was
// damaged, panics. This is deliberate: during a workflow task the SDK treats an
// error from a codec as the workflow's own error, so a key file forgotten on
// one host would end open remittances as failed, with money in flight. A panic
// fails only the task (workers must keep the BlockWorkflow panic policy);
// Temporal repeats it until a worker has the key. In an activity the SDK turns
// the panic into an error and retries.
func ForWorker(ring *keyring.Ring) Converters {
	return build(codec{ring: ring, unreadable: func(err error) error { panic(err) }})
}

// ForClient returns the converters of processes that run no workflow: the
// command line and the gateway. A payload that cannot be read is an error that
// wraps *[keyring.MissingKeyError] or [keyring.ErrAltered].
func ForClient(ring *keyring.Ring) Converters {
	return build(codec{ring: ring, unreadable: func(err error) error { return err }})
}

func build(c codec) Converters {
	data := converter.NewCodecDataConverter(converter.GetDefaultDataConverter(), c)
	return Converters{
		Data: data,
		Failure: temporal.NewDefaultFailureConverter(temporal.DefaultFailureConverterOptions{
			DataConverter: data,
			// Messages and stack traces quote values.
			EncodeCommonAttributes: true,
		}),
	}
}

// Apply sets the converters of a client, and through it of its workers.
func (c Converters) Apply(o *client.Options) {
	o.DataConverter, o.FailureConverter = c.Data, c.Failure
}

// ApplyReplayer sets the converters of a replayer.
func (c Converters) ApplyReplayer(o *worker.WorkflowReplayerOptions) {
	o.DataConverter, o.FailureConverter = c.Data, c.Failure
}
