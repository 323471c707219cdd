// Package payload encrypts everything Temporal stores for us: inputs, results,
// signals, updates, queries, memos, summaries, heartbeat details, and the
// messages and stack traces of failures.
//
// Not encrypted, because Temporal and its Web UI need them in plain text: ids,
// workflow, activity, update and error types, task queues, search attributes,
// headers and fairness keys. None of them may carry personal data.
//
// Every client, worker, replayer and test gets its converters from [ForWorker]
// or [ForClient]; they differ only in what unreadable payloads do. [CodecHandler]
// lets operators read payloads in the Web UI.
package payload
