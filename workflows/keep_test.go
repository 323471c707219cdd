//go:build integration

package workflows_test

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/api/proxy"
	"go.temporal.io/api/temporalproto"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"

	"soukin/contract"
	"soukin/internal/payload"
)

// version names the release whose histories these are. A release keeps the
// files of those before it for as long as their remittances may be open.
const version = "0.1.0"

func keepHistory(t *testing.T, c client.Client, conv payload.Converters, run client.WorkflowRun, workflow, name string) {
	t.Helper()
	h := &historypb.History{}
	it := c.GetWorkflowHistory(t.Context(), run.GetID(), run.GetRunID(), false, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	for it.HasNext() {
		e, err := it.Next()
		require.NoError(t, err)
		h.Events = append(h.Events, e)
	}
	decode(t, conv, h)
	file := filepath.Join(histories, workflow, name+"@"+version+".json")
	write(t, file, h)
	calls, err := replay(t, file)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(strings.TrimSuffix(file, ".json")+".calls.txt", []byte(calls), 0o644))
	if workflow == contract.WorkflowBankTransfer && name == "paid" {
		keepBad(t, h)
	}
}

// decode takes the encryption off, so that a history can be read and reviewed.
// The fakes behind the recording hold no personal data.
func decode(t *testing.T, conv payload.Converters, h *historypb.History) {
	t.Helper()
	require.NoError(t, proxy.VisitPayloads(t.Context(), h, proxy.VisitPayloadsOptions{
		Visitor: func(_ *proxy.VisitPayloadsContext, p []*commonpb.Payload) ([]*commonpb.Payload, error) {
			out := make([]*commonpb.Payload, len(p))
			for i := range p {
				var plain converter.RawValue
				if err := conv.Data.FromPayload(p[i], &plain); err != nil {
					return nil, err
				}
				out[i] = plain.Payload()
			}
			return out, nil
		},
	}))
}

var identity = regexp.MustCompile(`"identity":\s*"[^"]*"`)

func write(t *testing.T, file string, h *historypb.History) {
	t.Helper()
	data, err := temporalproto.CustomJSONMarshalOptions{Indent: " "}.Marshal(h)
	require.NoError(t, err)
	require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
	require.NoError(t, os.WriteFile(file, append(identity.ReplaceAll(data, []byte(`"identity": "recorder"`)), '\n'), 0o644))
}

// keepBad derives histories that today's code must not accept.
func keepBad(t *testing.T, good *historypb.History) {
	t.Helper()
	for name, spoil := range map[string]func(*historypb.History){
		"bad-other-amount":   func(h *historypb.History) { replaceInput(h, `"amount":30000`, `"amount":3000000`) },
		"bad-other-key":      func(h *historypb.History) { replaceInput(h, `"generation":1`, `"generation":2`) },
		"bad-other-activity": func(h *historypb.History) { scheduled(h)[0].ActivityType.Name = "EnquireBankTransfer" },
		"bad-lost-step": func(h *historypb.History) {
			for i, e := range h.Events {
				if e.GetMarkerRecordedEventAttributes() != nil {
					h.Events[i].Attributes = &historypb.HistoryEvent_MarkerRecordedEventAttributes{
						MarkerRecordedEventAttributes: &historypb.MarkerRecordedEventAttributes{MarkerName: "Version", Details: e.GetMarkerRecordedEventAttributes().Details},
					}
					return
				}
			}
		},
	} {
		data, err := temporalproto.CustomJSONMarshalOptions{}.Marshal(good)
		require.NoError(t, err)
		h, err := client.HistoryFromJSON(bytes.NewReader(data), client.HistoryJSONOptions{})
		require.NoError(t, err)
		spoil(h)
		write(t, filepath.Join(histories, contract.WorkflowBankTransfer, name+".json"), h)
	}
}

func scheduled(h *historypb.History) []*historypb.ActivityTaskScheduledEventAttributes {
	var out []*historypb.ActivityTaskScheduledEventAttributes
	for _, e := range h.Events {
		if a := e.GetActivityTaskScheduledEventAttributes(); a != nil {
			out = append(out, a)
		}
	}
	return out
}

func replaceInput(h *historypb.History, old, new string) {
	p := scheduled(h)[0].Input.Payloads[0]
	p.Data = bytes.Replace(p.Data, []byte(old), []byte(new), 1)
}
