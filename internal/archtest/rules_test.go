package archtest

// mains are the programs. They wire and hold no logic.
var mains = []string{"worker", "starter", "gateway", "sandbox"}

// layer says what a package may import of this module.
type layer struct {
	path    string
	may     []string
	because string
}

// everything is for the packages that build or test the product.
var everything = []string{"remittance", "contract", "workflows", "activities", "config", "examples", "internal/..."}

// layers are searched in order; the first that covers a package counts.
var layers = []layer{
	{"remittance", nil,
		"the vocabulary is shared by workflows, adapters, pages and the command line: whatever it imports, all of them carry"},
	{"contract", []string{"remittance"},
		"what is said to Temporal is a wire format; starters must speak it without linking workflows"},
	{"activities", []string{"remittance", "contract"},
		"activities call ports; adapters implement them. Importing adapters would drag them into every workflow"},
	{"workflows", []string{"remittance", "contract", "activities"},
		"a workflow may only decide: everything that acts is an activity, or replay breaks"},
	{"config", []string{"remittance", "contract", "internal/calendar", "internal/refund"},
		"settings are plain values that every process loads first"},

	{"examples", nil, "examples are data for people to start from"},

	{"internal/calendar", []string{"remittance"}, "bank days are arithmetic"},
	{"internal/refund", []string{"internal/calendar"}, "refund windows are arithmetic on days"},
	{"internal/zengin", []string{"remittance"}, "bank data and the payment alphabet are data and rules, used by pages and imports too"},
	{"internal/keyring", nil, "keys must not depend on what they protect"},
	{"internal/payload", []string{"internal/keyring"}, "encryption knows payloads, not their meaning"},
	{"internal/devserver", nil, "a Temporal server knows nothing of remittances; what it must register is passed in"},
	{"internal/database/...", []string{"internal/database"}, "one database below its users; each owns its tables"},
	{"internal/ledger/...", []string{"remittance", "internal/database", "internal/database/databasetest", "internal/ledger/..."},
		"money is counted without knowing rails, records or recipients"},
	{"internal/record/...", []string{"remittance", "internal/database", "internal/record/..."},
		"the durable record stores; it does not decide"},
	{"internal/vault/...", []string{"remittance", "internal/database", "internal/keyring", "internal/vault/..."},
		"recipients' data leaves the vault by id only; what the vault knows of others it could leak"},
	{"internal/books/...", []string{"remittance", "contract", "activities", "internal/database", "internal/ledger/...", "internal/record", "internal/books/..."},
		"ledger and record change in one transaction here and nowhere else; activities name the ports it fills"},
	{"internal/rails/...", []string{"remittance", "internal/rails/..."},
		"an adapter speaks to its counterparty; the activities decide what the answer means"},
	{"internal/link/...", []string{"remittance", "internal/database", "internal/link/..."},
		"it knows who may open a page, not what the page shows or moves"},
	{"internal/notify/...", []string{"remittance", "internal/calendar", "internal/rails/call", "internal/notify/..."},
		"messages are sent, not decided, here"},
	{"internal/orders/...", []string{"remittance", "contract", "internal/record", "internal/ledger", "internal/vault", "internal/books", "internal/link", "internal/notify",
		"internal/zengin", "internal/calendar", "internal/refund", "internal/database", "internal/orders/..."},
		"an order is taken in one place, whichever door it came through, and runs nothing itself"},
	{"internal/web/...", []string{"remittance", "contract", "internal/orders", "internal/link", "internal/zengin", "internal/web/..."},
		"pages know who opened them and show answers; they reach money only through orders"},
	{"internal/sandbox/...", []string{"remittance", "internal/calendar", "internal/zengin", "internal/database", "internal/sandbox/..."},
		"a counterparty that shared our ledger or our adapters would agree with our mistakes"},

	{"internal/app/...", append([]string{"internal/app/..."}, everything...),
		"the one place that builds every process, so that mains, demo and tests cannot drift apart"},
	{"internal/cli/...", append([]string{"internal/cli/..."}, everything...),
		"the command line shows everything the product can do"},
	{"internal/testkit/...", everything, "test tools may use everything but mains"},
	{"internal/archtest", nil, "the rules read sources, they do not link them"},
	{"test/...", append([]string{"test/..."}, everything...), "tests of the whole use everything but mains"},

	{"worker", []string{"internal/app"}, "a main calls one run function"},
	{"gateway", []string{"internal/app"}, "a main calls one run function"},
	{"sandbox", []string{"internal/app/sandboxed"}, "a main calls one run function"},
	{"starter", []string{"internal/cli"}, "a main calls one run function"},
}

// ban keeps an import, of this module or of others, out of some packages, or out of all but some.
type ban struct {
	imported string
	// in lists where it is banned; empty is everywhere.
	in []string
	// except lists where it is allowed all the same.
	except  []string
	because string
}

var outsideTemporal = []string{"remittance", "internal/rails/...", "internal/notify/...", "internal/ledger/...", "internal/record/...",
	"internal/vault/...", "internal/books/...", "internal/link/...", "internal/database/...", "internal/zengin", "internal/calendar", "internal/keyring",
	"internal/sandbox/...", "internal/web/..."}

const (
	deterministic = "a workflow that reads the world does not replay; activities get the world through their ports"
	testsOnly     = "test libraries stay out of the product's programs"
)

var decides = []string{"workflows", "activities"}

var bans = []ban{
	{"go.temporal.io/...", outsideTemporal, nil, "these must be usable and testable without Temporal"},
	{"net/http", decides, nil, deterministic},
	{"database/sql", decides, nil, deterministic},
	{"os", decides, nil, deterministic},
	{"os/exec", decides, nil, deterministic},
	{"math/rand", decides, nil, deterministic},
	{"math/rand/v2", decides, nil, deterministic},
	{"crypto/rand", decides, nil, deterministic},
	{"log", decides, nil, "workflow.GetLogger and activity.GetLogger know about replay and about the remittance"},
	{"log/slog", decides, nil, "workflow.GetLogger and activity.GetLogger know about replay and about the remittance"},
	{"log", nil, nil, "logs are structured: log/slog or zap"},

	{"github.com/go-oauth2/...", nil, []string{"internal/sandbox/..."}, "an OAuth server has no business in a process that holds real credentials"},
	{"github.com/tink-crypto/...", nil, []string{"internal/keyring", "internal/vault/..."}, "keys are handled in one place"},
	{"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset", nil, []string{"internal/keyring"}, "one package reads and writes key files, and checks who else may read them"},
	{"github.com/jackc/pgx/...", nil, []string{"internal/database/..."}, "one SQL text for both databases: drivers are opened in one place"},
	{"modernc.org/sqlite/...", nil, []string{"internal/database/..."}, "one SQL text for both databases: drivers are opened in one place"},
	{"github.com/pressly/goose/...", nil, []string{"internal/database/..."}, "migrations run in one place"},
	{"github.com/urfave/cli/...", nil, []string{"internal/cli/...", "internal/app/..."}, "command lines are read at the edge"},
	{"github.com/schollz/progressbar/...", nil, []string{"internal/cli/..."}, "servers have no terminal"},
	{"github.com/jedib0t/go-pretty/...", nil, []string{"internal/cli/..."}, "servers have no terminal"},
	{"unsafe", nil, nil, "nothing here needs it"},

	{"testing", nil, testTools, testsOnly},
	{"github.com/stretchr/testify/...", nil, testTools, testsOnly},
	{"pgregory.net/rapid", nil, testTools, testsOnly},
	{"github.com/google/go-cmp/...", nil, testTools, testsOnly},
	{"internal/testkit/...", nil, testTools, testsOnly},
	{"internal/database/databasetest", nil, testTools, testsOnly},
	{"internal/ledger/ledgertest", nil, testTools, testsOnly},
	{"internal/web/webtest", nil, testTools, testsOnly},
	{"internal/app/railtest", nil, testTools, testsOnly},
}

// servers run in production with real credentials.
var servers = []string{"worker", "gateway"}

// notInServers may not even be linked into them.
var notInServers = []struct{ imported, because string }{
	{"soukin/internal/sandbox/...", "a pretend bank beside a real one will be taken for it one day"},
	{"soukin/internal/devserver", "a server uses the Temporal cluster it was given, or fails"},
	{"github.com/go-oauth2/...", "an OAuth server has no business in a process that holds real credentials"},
	{"go.temporal.io/sdk/testsuite", testsOnly},
}

// testTools are the packages made for tests.
var testTools = []string{"internal/testkit/...", "internal/database/databasetest", "internal/ledger/ledgertest", "internal/web/webtest", "internal/app/railtest", "test/..."}
