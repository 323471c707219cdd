package config

import (
	"time"

	"soukin/contract"
	"soukin/remittance"
)

// Config is every setting of every process, loaded and checked. Fields carry
// the name of their variable, their default, their unit and what they do; the
// documentation and the error messages are made from these tags.
type Config struct {
	Home     string `env:"SOUKIN_HOME" default:"soukin in the user's configuration directory; starter: the newest demo, if there is one" unit:"directory" doc:"Where this installation keeps its database, keys and tokens. The file soukin.env in it holds further settings."`
	Database string `env:"SOUKIN_DATABASE" derived:"sqlite:<home>/soukin.db" unit:"sqlite:PATH or postgres://…" redact:"url" doc:"The ledger, the vault and the record: sqlite:PATH for a file, or postgres://user:password@host/name for PostgreSQL."`
	Keys     string `env:"SOUKIN_KEYS" derived:"<home>/keys" unit:"directory" doc:"Key sets that encrypt what the vault and Temporal store. Whoever loses them loses the data; whoever has them can read it."`
	LogLevel string `env:"SOUKIN_LOG_LEVEL" envDefault:"info" unit:"debug, info, warn or error" doc:"The least severe line that is logged. Logs are JSON lines on standard error and carry no personal data."`

	Merchant string `env:"SOUKIN_MERCHANT" envDefault:"demo" unit:"merchant id" doc:"The merchant that 'starter' acts for unless --merchant says otherwise."`

	Worker  Worker  `group:"Worker"`
	Gateway Gateway `group:"Gateway"`
	Sandbox Sandbox `group:"Sandbox"`
	Bank    Bank    `group:"Bank"`
	Link    Link    `group:"Links"`
	Notify  Notify  `group:"Notices"`

	Patience Patience `group:"Patience with the other rails"`
	ATM      ATM      `group:"Cash at ATMs"`
	Amazon   Amazon   `group:"Amazon gift cards"`
	AuPay    AuPay    `group:"au PAY"`
	Prepaid  Prepaid  `group:"Prepaid cards"`

	// Temporal is the connection, without the payload converters: the client
	// constructor adds those, so that nobody can forget them.
	Temporal Temporal

	origins map[string]string
}

// Worker is how the worker polls and stops.
type Worker struct {
	Listen string `env:"SOUKIN_WORKER_LISTEN" envDefault:"127.0.0.1:8091" unit:"host:port" doc:"Where the worker serves /healthz, /readyz and /metrics. Keep it off public networks."`
	// StickyCache counts workflows, not bytes.
	StickyCache int           `env:"SOUKIN_STICKY_CACHE" envDefault:"2000" unit:"workflows" doc:"How many open workflows the worker keeps in memory. 0 replays every workflow from its history on every step: slow, and the strictest test of determinism."`
	StopTimeout time.Duration `env:"SOUKIN_STOP_TIMEOUT" envDefault:"45s" unit:"duration" doc:"How long a stopping worker lets running activities finish. Must be longer than SOUKIN_BANK_TIMEOUT, so that an instruction in flight gets its answer; give the container or service manager more than this."`
	Deployment  string        `env:"SOUKIN_DEPLOYMENT" envDefault:"soukin" unit:"name" doc:"Name of the worker deployment when BUILD_ID is set."`
	BuildID     string        `env:"BUILD_ID" unit:"text" default:"empty: no deployment versioning" doc:"Turns on Temporal worker deployment versioning: this worker gets new remittances only after the version was made current (temporal worker deployment set-current-version)."`
}

// Gateway is where pages, notices and the API are served.
type Gateway struct {
	Listen         string `env:"SOUKIN_GATEWAY_LISTEN" envDefault:"127.0.0.1:8090" unit:"host:port" doc:"Where the gateway listens."`
	PerLink        int    `env:"SOUKIN_PAGES_PER_LINK" envDefault:"240" unit:"requests a minute" doc:"How many requests for one link are answered. -1 switches the limit off."`
	PerAddress     int    `env:"SOUKIN_PAGES_PER_ADDRESS" envDefault:"600" unit:"requests a minute" doc:"How many requests of one socket address are answered. Behind a proxy every visitor has the proxy's address: use -1 and limit there."`
	CodecOrigin    string `env:"SOUKIN_CODEC_UI_ORIGIN" default:"empty: no decoding" unit:"scheme://host[:port]" doc:"Origin of the Temporal Web UI whose operators may read payloads: the gateway then decodes them under /codec."`
	CodecOperators Secret `env:"SOUKIN_CODEC_OPERATORS_FILE,file" unit:"path" redact:"file" default:"empty: only from this machine, without login" doc:"File of operators who may decode: one 'name token' a line, tokens of 20 characters or more."`
}

// Link is how recipients are asked to name their account.
type Link struct {
	PublicURL    string          `env:"SOUKIN_PUBLIC_URL" derived:"http://<SOUKIN_GATEWAY_LISTEN>" unit:"URL" doc:"Base of the pages as recipients reach them. Must be https outside this machine."`
	Window       time.Duration   `env:"SOUKIN_LINK_WINDOW" envDefault:"336h" unit:"duration" doc:"How long a recipient has to name an account (336h is 14 days). Merchants and orders may say otherwise."`
	ReopenWindow time.Duration   `env:"SOUKIN_LINK_REOPEN_WINDOW" envDefault:"168h" unit:"duration" doc:"How long the link is open again after the bank could not credit the account (168h is 7 days)."`
	Reminders    []time.Duration `env:"SOUKIN_LINK_REMINDERS" envDefault:"72h,24h" envSeparator:"," unit:"durations with commas between" doc:"How long before the deadline recipients are reminded."`
	MaxReopens   int             `env:"SOUKIN_LINK_MAX_REOPENS" envDefault:"3" unit:"times" doc:"How often a link opens again after a bounce or refusal; after that the remittance ends."`
	Fallback     string          `env:"SOUKIN_LINK_FALLBACK" envDefault:"remaining" unit:"remaining, same or none" doc:"What a link offers after a way failed: every way that can still succeed, only the same way with other details, or nothing. Merchants may say otherwise."`
}

// Contract is the terms as a remittance carries them, without its contact.
func (l Link) Contract() contract.LinkTerms {
	return contract.LinkTerms{Window: l.Window, ReopenWindow: l.ReopenWindow, Reminders: l.Reminders, MaxReopens: l.MaxReopens,
		Fallback: contract.Fallback(l.Fallback)}
}

// Notify is how notices go out. Without settings they go to the sandbox's mailbox.
type Notify struct {
	MailHost       string `env:"SOUKIN_MAIL_HOST" default:"the sandbox's mailbox" unit:"host" doc:"SMTP server."`
	MailPort       int    `env:"SOUKIN_MAIL_PORT" envDefault:"0" unit:"port" doc:"0 means the usual port of the encryption: 587, 465 or 25."`
	MailEncryption string `env:"SOUKIN_MAIL_ENCRYPTION" default:"starttls; none with the sandbox's mailbox" unit:"starttls, tls or none" doc:"How the connection to the SMTP server is protected. Links travel in it."`
	MailUsername   string `env:"SOUKIN_MAIL_USERNAME" unit:"text" default:"empty: no login" doc:"Login at the SMTP server."`
	MailPassword   Secret `env:"SOUKIN_MAIL_PASSWORD_FILE,file" unit:"path" redact:"file" default:"empty: no login" doc:"File that holds the password of the login."`
	MailFrom       string `env:"SOUKIN_MAIL_FROM" envDefault:"Soukin <no-reply@soukin.example>" unit:"mail address" doc:"Address that all mails come from, with the name of the service."`
	MailCA         string `env:"SOUKIN_MAIL_CA_FILE" unit:"path" default:"the system's" doc:"PEM certificates to trust instead of the system's."`
	SMS            string `env:"SOUKIN_SMS" envDefault:"http" unit:"http, sns or none" doc:"How short messages go out: POST to SOUKIN_SMS_URL, Amazon SNS, or not at all."`
	SMSURL         string `env:"SOUKIN_SMS_URL" derived:"<SOUKIN_SANDBOX_URL>/mailbox/sms" unit:"URL" doc:"Where SOUKIN_SMS=http posts to."`
	SNSRegion      string `env:"SOUKIN_SNS_REGION" unit:"region" default:"empty" doc:"Region of Amazon SNS, as ap-northeast-1."`
	SNSKeyID       string `env:"SOUKIN_SNS_ACCESS_KEY_ID" unit:"text" default:"empty" doc:"Access key of a user that may publish."`
	SNSSecret      Secret `env:"SOUKIN_SNS_SECRET_FILE,file" unit:"path" redact:"file" default:"empty" doc:"File that holds the secret of the access key."`
	SNSSender      string `env:"SOUKIN_SNS_SENDER_ID" unit:"1 to 11 letters and digits" default:"empty" doc:"Name shown instead of a number where a country allows it."`
	Texts          string `env:"SOUKIN_NOTICE_TEXTS" unit:"directory" default:"empty: our own texts" doc:"Merchants' own texts, see the package documentation of internal/notify."`
}

// Sandbox is the pretend counterparties.
type Sandbox struct {
	Listen     string        `env:"SOUKIN_SANDBOX_LISTEN" envDefault:"127.0.0.1:8092" unit:"host:port" doc:"Where the sandbox listens. It holds no secret and checks none: never expose it."`
	URL        string        `env:"SOUKIN_SANDBOX_URL" derived:"http://<SOUKIN_SANDBOX_LISTEN>" unit:"URL" doc:"Where 'starter sandbox' and the demo reach the sandbox."`
	State      string        `env:"SOUKIN_SANDBOX_STATE" derived:"<home>/sandbox.db" unit:"path" doc:"The sandbox's own books, kept apart from ours so that they can be compared."`
	EveryDay   bool          `env:"SOUKIN_SANDBOX_EVERY_DAY" envDefault:"true" unit:"true or false" doc:"Whether transfers to other banks also run on weekends and holidays, as they do between banks that take part in the round-the-clock clearing. If false they are booked for the next bank day."`
	SMTP       string        `env:"SOUKIN_SANDBOX_SMTP_LISTEN" envDefault:"127.0.0.1:8093" unit:"host:port" doc:"Where the sandbox's mailbox takes mail."`
	Processing time.Duration `env:"SOUKIN_SANDBOX_PROCESSING" envDefault:"0s" unit:"duration" doc:"How long a transfer stays in process before it is executed."`
	Bounce     time.Duration `env:"SOUKIN_SANDBOX_BOUNCE" envDefault:"2s" unit:"duration" doc:"How long after its execution a transfer comes back that is going to."`
	NoticeURL  string        `env:"SOUKIN_SANDBOX_NOTICE_URL" derived:"http://<SOUKIN_GATEWAY_LISTEN>/hooks/atm" unit:"URL" doc:"Where the sandbox's ATM network sends its signed notices: the gateway's /hooks/atm."`
}

// Bank is the contract with the bank and how patient we are with it.
type Bank struct {
	APIURL        string            `env:"SOUKIN_BANK_API_URL" derived:"<SOUKIN_SANDBOX_URL>/ganb/api/corporation/v1" unit:"URL" doc:"Base of the bank's corporate API. Default: the sandbox."`
	AuthURL       string            `env:"SOUKIN_BANK_AUTH_URL" derived:"<SOUKIN_SANDBOX_URL>/ganb/api/auth/v1" unit:"URL" doc:"Base of the bank's OAuth 2.0 service."`
	ClientID      string            `env:"SOUKIN_BANK_CLIENT_ID" envDefault:"soukin-sandbox" unit:"text" doc:"Our client id at the bank."`
	ClientSecret  Secret            `env:"SOUKIN_BANK_CLIENT_SECRET_FILE,file" unit:"path" redact:"file" default:"the sandbox's published secret" doc:"File that holds our client secret at the bank. Needed everywhere but with the sandbox."`
	ClientAuth    string            `env:"SOUKIN_BANK_CLIENT_AUTH" envDefault:"basic" unit:"basic or post" doc:"How the client authenticates at the token endpoint, as registered with the bank."`
	RedirectURL   string            `env:"SOUKIN_BANK_REDIRECT_URL" envDefault:"http://127.0.0.1:8090/bank/callback" unit:"URL" doc:"Redirect URL registered with the bank."`
	Token         string            `env:"SOUKIN_BANK_TOKEN" derived:"<home>/bank-token.json" unit:"path" doc:"Where the bank's tokens are kept. Refresh tokens rotate: one installation, one file. 'starter bank login' fills it."`
	AccountID     string            `env:"SOUKIN_BANK_ACCOUNT_ID" envDefault:"101011234567" unit:"12 to 29 characters" redact:"tail" doc:"The bank's id of the account that remittances are paid from."`
	Scopes        []string          `env:"SOUKIN_BANK_SCOPES" envSeparator:" " default:"offline_access private:account private:transfer" unit:"names with spaces between" doc:"OAuth scopes to ask for."`
	HonoursKeys   bool              `env:"SOUKIN_BANK_HONOURS_KEYS" envDefault:"true" unit:"true or false" doc:"Whether the bank executes an instruction once however often its Idempotency-Key is sent. If false, an instruction is sent once and then only enquired."`
	NeedsApproval bool              `env:"SOUKIN_BANK_NEEDS_APPROVAL" envDefault:"false" unit:"true or false" doc:"Whether requests wait for a transaction password at the bank (no exemption from two-factor authorization)."`
	BusinessID    bool              `env:"SOUKIN_BANK_BUSINESS_ID" envDefault:"false" unit:"true or false" doc:"Whether the contract uses the bank's Business-ID management, which changes how an application is cancelled."`
	ErrorCodes    map[string]string `env:"SOUKIN_BANK_ERROR_CODES" envSeparator:"," envKeyValSeparator:"=" default:"empty: the codes in docs/rails-bank.md" unit:"code=outcome or code=outcome/reason" doc:"Codes of the bank's full table that are not public: what each means for an instruction. Outcomes are unknown, rejected, rate_limited, misconfigured; reasons are those of docs/errors.md."`
	RemitterName  string            `env:"SOUKIN_BANK_REMITTER_NAME" unit:"half-width kana, up to 48" default:"empty: the account's own name" doc:"Sender's name as the recipient's bank shows it."`
	Rate          float64           `env:"SOUKIN_BANK_RATE" envDefault:"5" unit:"calls a second" doc:"Calls to the bank, all workers together. The bank's notice of connection names the limit of a contract; stay below it."`
	Concurrency   int               `env:"SOUKIN_BANK_CONCURRENCY" envDefault:"8" unit:"calls" doc:"Calls to the bank at the same time, for each worker."`

	Timeout time.Duration `env:"SOUKIN_BANK_TIMEOUT" envDefault:"25s" unit:"duration" doc:"How long one call to the bank may take. After it the outcome of an instruction is unknown and is enquired."`

	Cap      remittance.Yen `env:"SOUKIN_BANK_CAP" envDefault:"1000000" unit:"yen" doc:"The most one remittance to a bank account may carry. Cannot exceed the legal limit of 1,000,000 yen."`
	Fee      remittance.Yen `env:"SOUKIN_BANK_FEE" envDefault:"130" unit:"yen" doc:"What a merchant owes for each executed attempt to an account at another bank. Billed monthly, never taken from the amount."`
	FeeSame  remittance.Yen `env:"SOUKIN_BANK_FEE_SAME_BANK" envDefault:"0" unit:"yen" doc:"The same for accounts at the paying bank itself."`
	OwnCode  string         `env:"SOUKIN_BANK_OWN_CODE" envDefault:"0310" unit:"4 digits" doc:"Bank code of the paying bank, to tell which accounts are its own."`
	Finality Finality       `env:"SOUKIN_BANK_FINALITY" envDefault:"2bd" unit:"bank days (2bd) or duration" doc:"How long an executed transfer can still come back by itself. A payee's bank that had to ask may return it until the second bank day after its enquiry."`

	Policy Policy `group:"Patience of a bank transfer"`
}

// Policy is how patient a bank transfer is; it is copied into each remittance
// when the order is taken, so a change touches later orders only.
type Policy struct {
	FundingWindow    time.Duration `env:"SOUKIN_FUNDING_WINDOW" envDefault:"336h" unit:"duration" doc:"How long a remittance waits for the merchant's balance before it expires (336h is 14 days)."`
	FundingRecheck   time.Duration `env:"SOUKIN_FUNDING_RECHECK" envDefault:"1h" unit:"duration" doc:"How often a waiting remittance looks at the balance by itself, in case the news of a funding got lost."`
	SubmitAttempts   int           `env:"SOUKIN_BANK_SUBMIT_ATTEMPTS" envDefault:"5" unit:"calls" doc:"How often an instruction is sent under the same key before its outcome is enquired instead."`
	SubmitWindow     time.Duration `env:"SOUKIN_BANK_SUBMIT_WINDOW" envDefault:"12h" unit:"duration" doc:"How long an instruction may be resent under the same key. Must end well before the bank forgets keys, after 24 hours."`
	VisibilityDelay  time.Duration `env:"SOUKIN_BANK_VISIBILITY_DELAY" envDefault:"15m" unit:"duration" doc:"How long the bank may take to show an instruction in its enquiries. Only after this does 'not found' mean 'never sent'."`
	EnquireEvery     time.Duration `env:"SOUKIN_BANK_ENQUIRE_EVERY" envDefault:"1m" unit:"duration" doc:"Pace of enquiries while the outcome is open."`
	AttentionAfter   time.Duration `env:"SOUKIN_BANK_ATTENTION_AFTER" envDefault:"4h" unit:"duration" doc:"After how long without an answer an operator is asked to look. Nothing is resent or released meanwhile."`
	WatchEvery       time.Duration `env:"SOUKIN_BANK_WATCH_EVERY" envDefault:"3h" unit:"duration" doc:"Pace of enquiries between execution and finality, to notice money that comes back."`
	CorrectionWindow time.Duration `env:"SOUKIN_BANK_CORRECTION_WINDOW" envDefault:"240h" unit:"duration" doc:"How long a refused or returned remittance keeps its hold and waits for corrected details (240h is 10 days). 0s ends it at once."`
}

// Contract is the policy as a remittance carries it.
func (p Policy) Contract() contract.RailPolicy { return contract.RailPolicy(p) }
