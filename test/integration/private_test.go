//go:build integration

package integration

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/proxy"
	sdkpb "go.temporal.io/api/sdk/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"soukin/contract"
	"soukin/examples"
	"soukin/internal/app"
	"soukin/internal/cli"
	"soukin/internal/database"
	"soukin/internal/devserver"
	"soukin/internal/orders"
	"soukin/internal/payload"
	"soukin/internal/record"
	"soukin/internal/vault"
	"soukin/remittance"
)

const mail = "taro.yamada@example.co.jp"

// TestNoPersonalDataOutsideTheVault sends the shipped file and corrects one
// remittance, and then looks for the payees: in every file of the home while all
// runs and after it stopped (Temporal's database, ours, logs, settings), in our
// database where it is no file, in the metrics, and in all that Temporal's
// server tells, with and without the keys. The sandbox's own books are left
// out: it is the counterparty, who must know whom to pay.
func TestNoPersonalDataOutsideTheVault(t *testing.T) {
	onEachDatabase(t, func(t *testing.T, dsn string) {
		home := t.TempDir()
		server := serverIn(t, home)
		in := installOn(t, home, server.Address, server.Namespace, dsn, with{"SOUKIN_BANK_CORRECTION_WINDOW": "10s", "SOUKIN_SANDBOX_STATE": counterparties(home)})
		_, worker := in.startWorker(t)
		in.fund(t, 2_000_000)
		_, err := in.desk.Vault.PutContact(t.Context(), shop, vault.NewContact(mail, "+819012345678"))
		require.NoError(t, err)
		sent := in.sendEverything(t)
		p := personalOf(t, sent)

		var told bytes.Buffer
		in.tell(t, &told)
		for _, path := range []string{"/metrics", "/readyz"} {
			_, body := get(t, worker+path)
			told.WriteString(body)
		}
		in.dump(t, &told)
		assert.Empty(t, p.in(told.Bytes()), "on the server, in the metrics or in a database that is no file")
		assert.Empty(t, in.found(t, p), "while it runs")
		in.close(t)
		require.NoError(t, server.Close())
		assert.Empty(t, in.found(t, p), "after it stopped")

		in.requireThatTheSearchFinds(t, p, dsn)
	})
}

// counterparties is where the sandbox keeps its books and its mailbox.
func counterparties(home string) string { return filepath.Join(home, "counterparties", "sandbox.db") }

func serverIn(t *testing.T, home string) *devserver.Server {
	t.Helper()
	return devserver.ForTestWith(t, devserver.Options{Dir: filepath.Join(home, "temporal"), SearchAttributes: contract.SearchAttributes()})
}

// sendEverything sends the shipped file and a corrected remittance to their
// ends, and gives every order that was typed.
func (in *installation) sendEverything(t *testing.T) (typed []orders.Request) {
	t.Helper()
	rows, err := orders.ParseCSV(bytes.NewReader(examples.Remittances))
	require.NoError(t, err)
	for _, r := range rows {
		typed = append(typed, r.Request)
	}
	corrected := order("R-1", "1200", magic(t, "bounce_02"))
	wrong := order("R-2", "1200", "7654321")
	wrong.Name = "ヤマタ゛ 漢字"
	better := order("R-1", "", "7654322")
	better.Name = "やまだ　じろう"
	in.take(t, corrected)
	_, _, err = in.desk.Orders.Take(t.Context(), wrong)
	require.Error(t, err)
	file := filepath.Join(t.TempDir(), "remittances.csv")
	require.NoError(t, os.WriteFile(file, examples.Remittances, 0o600))
	in.await(t, "R-1", "came back", func(r record.Remittance) bool { return r.Status == remittance.Returned })
	_, _, err = in.desk.Orders.Correct(t.Context(), ref("R-1"), better.Payee)
	require.NoError(t, err)
	code, _, errs := in.starter(t, "send", file, "--watch", "--output", "json")
	require.Equal(t, cli.ExitOK, code, errs)
	require.Equal(t, remittance.Paid, in.awaitEnd(t, "R-1").Status)
	return append(typed, corrected, wrong, better)
}

// tell writes down everything that the server tells about every workflow:
// descriptions and histories in both forms of the wire, and once more with every
// payload opened, because inputs and summaries must carry ids only.
func (in *installation) tell(t *testing.T, to *bytes.Buffer) {
	t.Helper()
	c := in.withoutKeys(t)
	ring, err := app.PayloadKeys(in.cfg)
	require.NoError(t, err)
	open := payload.ForClient(ring).Data
	write := func(m proto.Message) {
		wire, err := proto.Marshal(m)
		require.NoError(t, err)
		text, err := protojson.Marshal(m)
		require.NoError(t, err)
		to.Write(append(wire, text...))
		require.NoError(t, proxy.VisitPayloads(t.Context(), m, proxy.VisitPayloadsOptions{SkipSearchAttributes: true,
			Visitor: func(_ *proxy.VisitPayloadsContext, payloads []*commonpb.Payload) ([]*commonpb.Payload, error) {
				for _, p := range payloads {
					assert.NotEqual(t, "json/plain", string(p.GetMetadata()["encoding"]), "a payload is not encrypted")
					fmt.Fprintln(to, open.ToString(p))
				}
				return payloads, nil
			}}))
	}
	list, err := c.ListWorkflow(t.Context(), &workflowservice.ListWorkflowExecutionsRequest{PageSize: 1000})
	require.NoError(t, err)
	require.Len(t, list.Executions, 17, "sixteen rows of the file and the corrected one")
	for _, w := range list.Executions {
		described, err := c.DescribeWorkflowExecution(t.Context(), w.Execution.WorkflowId, "")
		require.NoError(t, err)
		write(described)
		events := c.GetWorkflowHistory(t.Context(), w.Execution.WorkflowId, "", false, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
		for events.HasNext() {
			e, err := events.Next()
			require.NoError(t, err)
			write(e)
		}
		in.writeDetails(t, to, w.Execution.WorkflowId)
	}
	require.Contains(t, to.String(), "acc_", "the payloads were opened")
	require.Contains(t, to.String(), "**paid** ¥12,800", "the details were read")
}

// writeDetails adds what an operator with the keys reads on the page of a
// workflow.
func (in *installation) writeDetails(t *testing.T, to *bytes.Buffer, workflowID string) {
	t.Helper()
	value, err := in.temporal(t).QueryWorkflow(t.Context(), workflowID, "", "__temporal_workflow_metadata")
	require.NoError(t, err)
	var metadata sdkpb.WorkflowMetadata
	require.NoError(t, value.Get(&metadata))
	fmt.Fprintln(to, metadata.GetCurrentDetails())
}

// dump writes down our database where it is no file of the home.
func (in *installation) dump(t *testing.T, to *bytes.Buffer) {
	t.Helper()
	if in.desk.DB.Dialect() != database.PostgreSQL {
		return
	}
	require.NoError(t, in.desk.DB.Read(t.Context(), func(ctx context.Context, tx *database.Tx) error {
		tables := values(ctx, t, tx, "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")
		require.Greater(t, len(tables), 5)
		for _, table := range tables {
			for _, v := range values(ctx, t, tx, `SELECT * FROM "`+table+`"`) {
				fmt.Fprintln(to, v)
			}
		}
		return nil
	}))
}

// values gives every value of every row as the bytes it is stored as.
func values(ctx context.Context, t *testing.T, tx *database.Tx, query string) (out []string) {
	t.Helper()
	rows, err := tx.Query(ctx, query)
	require.NoError(t, err)
	defer func() { assert.NoError(t, rows.Close()) }()
	columns, err := rows.Columns()
	require.NoError(t, err)
	for rows.Next() {
		row := make([]any, len(columns))
		for i := range row {
			row[i] = new(any)
		}
		require.NoError(t, rows.Scan(row...))
		for _, v := range row {
			switch v := (*v.(*any)).(type) {
			case []byte:
				out = append(out, string(v))
			default:
				out = append(out, fmt.Sprint(v))
			}
		}
	}
	require.NoError(t, rows.Err())
	return out
}

// found searches every file of the home. It gives what was found, each with its
// file.
func (in *installation) found(t *testing.T, p personal) (out []string) {
	t.Helper()
	searched := map[string]int{}
	require.NoError(t, filepath.WalkDir(in.home, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && path == filepath.Dir(counterparties(in.home)):
			return fs.SkipDir
		case d.IsDir():
			return nil
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(in.home, path)
		searched[name] = len(data)
		for _, what := range p.in(data) {
			out = append(out, name+": "+what)
		}
		return err
	}))
	for _, must := range []string{"temporal/temporal.db", "temporal/temporal.log", "logs/soukin.log", "soukin.env"} {
		require.Positive(t, searched[must], "%s was not searched: %v", must, searched)
	}
	return out
}

// requireThatTheSearchFinds leaves traces of people where a careless change
// would, and requires that each of them is found.
func (in *installation) requireThatTheSearchFinds(t *testing.T, p personal, dsn string) {
	t.Helper()
	server := serverIn(t, in.home)
	again := installOn(t, in.home, server.Address, server.Namespace, dsn, with{"SOUKIN_SANDBOX_STATE": counterparties(in.home)})
	careless := dial(t, client.Options{HostPort: server.Address, Namespace: server.Namespace}) // no encryption
	_, err := careless.ExecuteWorkflow(t.Context(), client.StartWorkflowOptions{ID: "careless", TaskQueue: "nobody"}, "Careless", "ｻﾄｳ ﾕｳｺ")
	require.NoError(t, err)
	require.NoError(t, again.desk.Record.SaveMerchant(t.Context(), record.Merchant{ID: "careless", DisplayName: "わたなべ けい"}))
	again.log.Info("careless", "to", mail, "number", "2233445")
	var told bytes.Buffer
	again.dump(t, &told)
	again.close(t)
	require.NoError(t, server.Close())
	found := strings.Join(append(again.found(t, p), p.in(told.Bytes())...), "\n")
	for _, want := range []string{
		"the payee of D-03 in half width, UTF-8", "the payee of D-05 in hiragana, UTF-8",
		"logs/soukin.log: what looks like the address " + mail, "logs/soukin.log: the account number 2233445",
	} {
		assert.Contains(t, found, want)
	}
}

// TestEverySpellingIsFound proves the search itself: each spelling of a name
// among random bytes, and numbers by themselves only.
func TestEverySpellingIsFound(t *testing.T) {
	p := personalOf(t, []orders.Request{order("R-1", "1", "7654321")})
	for text, encoding := range map[string]string{
		"ヤマダ タロウ": "katakana", "やまだ　たろう": "hiragana", "ﾔﾏﾀﾞ ﾀﾛｳ": "half width", "ﾔﾏﾀﾞﾀﾛｳ": "joined", `\u3084\u307e\u3060`: "an escaped part",
		"\x83\x84\x83}\x83_": "CP932", "\xd4\xcf\xc0\xde \xc0\xdb\xb3": "half width in CP932",
		"00010011" + "7654321": "a bank's format", "number=7654321": "a number", "a7654321b": "a number among letters", mail: "an address",
	} {
		assert.NotEmpty(t, p.in([]byte("\x00\xff\x12"+text+"\x00\xf7")), encoding)
	}
	for _, innocent := range []string{"97654321", "76543210", "01234567-89ab-cdef-0123-7654321abcde", "worker@host", "ヤマ"} {
		assert.Empty(t, p.in([]byte(innocent)), innocent)
	}
}
