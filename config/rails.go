package config

import (
	"strings"
	"time"

	"soukin/contract"
	"soukin/remittance"
)

// Patience is how patient we are with every rail but the bank; it is copied into
// each remittance when the order is taken, so a change touches later orders only.
type Patience struct {
	SubmitAttempts  int           `env:"SOUKIN_RAILS_SUBMIT_ATTEMPTS" envDefault:"5" unit:"calls" doc:"How often an instruction is sent under the same key before its outcome is enquired instead."`
	SubmitWindow    time.Duration `env:"SOUKIN_RAILS_SUBMIT_WINDOW" envDefault:"12h" unit:"duration" doc:"How long an instruction may be resent under the same key before its outcome is enquired instead."`
	VisibilityDelay time.Duration `env:"SOUKIN_RAILS_VISIBILITY_DELAY" envDefault:"1m" unit:"duration" doc:"How long a rail may take to show an instruction in its enquiries. Only after this does 'not found' mean 'never sent'."`
	EnquireEvery    time.Duration `env:"SOUKIN_RAILS_ENQUIRE_EVERY" envDefault:"30s" unit:"duration" doc:"Pace of enquiries while the outcome is open."`
	AttentionAfter  time.Duration `env:"SOUKIN_RAILS_ATTENTION_AFTER" envDefault:"2h" unit:"duration" doc:"After how long without an answer an operator is asked to look. Nothing is resent or released meanwhile."`
	WatchEvery      time.Duration `env:"SOUKIN_RAILS_WATCH_EVERY" envDefault:"30m" unit:"duration" doc:"Pace of enquiries while ATM numbers are out, in case the network's notice of a withdrawal got lost, and while a gift code can still be cancelled."`
}

// Contract is the patience as a remittance carries it; the windows of funding
// are the installation's.
func (p Patience) Contract(bank Policy) contract.RailPolicy {
	return contract.RailPolicy{
		FundingWindow: bank.FundingWindow, FundingRecheck: bank.FundingRecheck,
		SubmitAttempts: p.SubmitAttempts, SubmitWindow: p.SubmitWindow, VisibilityDelay: p.VisibilityDelay,
		EnquireEvery: p.EnquireEvery, AttentionAfter: p.AttentionAfter, WatchEvery: p.WatchEvery,
	}
}

// ATM is the contract with the ATM network.
type ATM struct {
	APIURL       string         `env:"SOUKIN_ATM_API_URL" derived:"<SOUKIN_SANDBOX_URL>/atm-network/v1" unit:"URL" doc:"Base of the ATM network's API. Default: the sandbox."`
	Token        Secret         `env:"SOUKIN_ATM_TOKEN_FILE,file" unit:"path" redact:"file" default:"the sandbox's published token" doc:"File that holds our bearer token at the ATM network. Needed everywhere but with the sandbox."`
	NoticeSecret Secret         `env:"SOUKIN_ATM_NOTICE_SECRET_FILE,file" unit:"path" redact:"file" default:"the sandbox's published secret" doc:"File that holds the secret (whsec_…) that the network signs its notices with. Two lines while it changes."`
	Cap          remittance.Yen `env:"SOUKIN_ATM_CAP" envDefault:"100000" unit:"yen" doc:"The most one remittance in cash may carry. Above 100,000 yen cash needs the recipient's identification (Act on Prevention of Transfer of Criminal Proceeds, Enforcement Order art. 7)."`
	Coins        bool           `env:"SOUKIN_ATM_COINS" envDefault:"false" unit:"true or false" doc:"Whether the contract pays the part below 1,000 yen too (at the shop's register). If false, cash is ordered in thousands of yen."`
	Term         time.Duration  `env:"SOUKIN_ATM_TERM" envDefault:"360h" unit:"duration" doc:"How long the cash can be taken after its numbers were issued (360h is 15 days). Orders may say otherwise."`
	MaxReissues  int            `env:"SOUKIN_ATM_MAX_REISSUES" envDefault:"3" unit:"times" doc:"How often lost or locked numbers are replaced."`
	Fee          remittance.Yen `env:"SOUKIN_ATM_FEE" envDefault:"300" unit:"yen" doc:"What a merchant owes for each withdrawal."`
	Rate         float64        `env:"SOUKIN_ATM_RATE" envDefault:"10" unit:"calls a second" doc:"Calls to the ATM network, all workers together."`
	Concurrency  int            `env:"SOUKIN_ATM_CONCURRENCY" envDefault:"8" unit:"calls" doc:"Calls to the ATM network at the same time, for each worker."`
	Timeout      time.Duration  `env:"SOUKIN_ATM_TIMEOUT" envDefault:"20s" unit:"duration" doc:"How long one call to the ATM network may take."`
}

// Amazon is the contract for gift cards.
type Amazon struct {
	APIURL      string              `env:"SOUKIN_AMAZON_API_URL" derived:"<SOUKIN_SANDBOX_URL>" unit:"URL" doc:"Endpoint of the Incentives API; for Japan in production https://agcod-v2-fe.amazon.com. Default: the sandbox."`
	Region      string              `env:"SOUKIN_AMAZON_REGION" envDefault:"us-west-2" unit:"region" doc:"Region that requests are signed for: us-west-2 for Japan."`
	PartnerID   string              `env:"SOUKIN_AMAZON_PARTNER_ID" envDefault:"Soukn" unit:"5 letters and digits" doc:"Our partner id; every request id starts with it."`
	KeyID       string              `env:"SOUKIN_AMAZON_ACCESS_KEY_ID" envDefault:"AKIASOUKINSANDBOX000" unit:"text" doc:"Access key that requests are signed with."`
	Secret      Secret              `env:"SOUKIN_AMAZON_SECRET_FILE,file" unit:"path" redact:"file" default:"the sandbox's published secret" doc:"File that holds the secret of the access key. Needed everywhere but with the sandbox."`
	AccountType string              `env:"SOUKIN_AMAZON_ACCOUNT_TYPE" envDefault:"1" unit:"text" doc:"What the contract calls the kind of account id that Login with Amazon gives, in balance loads. Not documented in public: ask Amazon."`
	ErrorTypes  map[string]string   `env:"SOUKIN_AMAZON_ERROR_TYPES" envSeparator:"," envKeyValSeparator:"=" default:"empty: the types in docs/rails-amazon.md" unit:"type=outcome or type=outcome/reason" doc:"Error types of the Incentives API that are not public, or mean something else under our contract. Outcomes are unknown, rejected, rate_limited, misconfigured; reasons are those of docs/errors.md."`
	LoginURL    string              `env:"SOUKIN_AMAZON_LOGIN_URL" derived:"<SOUKIN_SANDBOX_URL>/lwa/ap/oa" unit:"URL" doc:"Where recipients log in (Login with Amazon); for Japan in production https://apac.account.amazon.com/ap/oa."`
	TokenURL    string              `env:"SOUKIN_AMAZON_TOKEN_URL" derived:"<SOUKIN_SANDBOX_URL>/lwa/auth/o2/token" unit:"URL" doc:"Token endpoint of Login with Amazon."`
	ProfileURL  string              `env:"SOUKIN_AMAZON_PROFILE_URL" derived:"<SOUKIN_SANDBOX_URL>/lwa/user/profile" unit:"URL" doc:"Profile endpoint of Login with Amazon."`
	LoginID     string              `env:"SOUKIN_AMAZON_LOGIN_CLIENT_ID" envDefault:"amzn1.application-oa2-client.soukin-sandbox" unit:"text" doc:"Our client id for Login with Amazon."`
	LoginSecret Secret              `env:"SOUKIN_AMAZON_LOGIN_SECRET_FILE,file" unit:"path" redact:"file" default:"the sandbox's published secret" doc:"File that holds our client secret for Login with Amazon. Needed everywhere but with the sandbox."`
	Form        remittance.GiftForm `env:"SOUKIN_AMAZON_FORM" envDefault:"balance" unit:"balance or code" doc:"What orders get that do not say: balance loaded onto the account the recipient logs in with, or a claim code on the page."`
	Cap         remittance.Yen      `env:"SOUKIN_AMAZON_CAP" envDefault:"500000" unit:"yen" doc:"The most one gift card may carry."`
	CodeRecall  time.Duration       `env:"SOUKIN_AMAZON_CODE_RECALL" envDefault:"15m" unit:"duration" doc:"How long after its creation an unclaimed code can be cancelled (Incentives API: 15 minutes)."`
	Fee         remittance.Yen      `env:"SOUKIN_AMAZON_FEE" envDefault:"100" unit:"yen" doc:"What a merchant owes for each gift card."`
	Rate        float64             `env:"SOUKIN_AMAZON_RATE" envDefault:"10" unit:"calls a second" doc:"Calls to the Incentives API, all workers together (its limit is 10)."`
	Concurrency int                 `env:"SOUKIN_AMAZON_CONCURRENCY" envDefault:"8" unit:"calls" doc:"Calls to the Incentives API at the same time, for each worker."`
	Timeout     time.Duration       `env:"SOUKIN_AMAZON_TIMEOUT" envDefault:"6s" unit:"duration" doc:"How long one call to the Incentives API may take (it recommends 6 seconds)."`
}

// AuPay is the contract with au PAY.
type AuPay struct {
	APIURL      string         `env:"SOUKIN_AUPAY_API_URL" derived:"<SOUKIN_SANDBOX_URL>/aupay/v1" unit:"URL" doc:"Base of the wallet's API. Default: the sandbox."`
	Token       Secret         `env:"SOUKIN_AUPAY_TOKEN_FILE,file" unit:"path" redact:"file" default:"the sandbox's published token" doc:"File that holds our bearer token at au PAY. Needed everywhere but with the sandbox."`
	MemberForm  string         `env:"SOUKIN_AUPAY_MEMBER_FORM" envDefault:"^[0-9]{16}$" unit:"regular expression" doc:"Form of a member number as the recipient types it, without spaces and hyphens. Not documented: ask au PAY."`
	Cap         remittance.Yen `env:"SOUKIN_AUPAY_CAP" envDefault:"500000" unit:"yen" doc:"The most one charge may carry. A wallet holds at most 1,000,000 yen."`
	Fee         remittance.Yen `env:"SOUKIN_AUPAY_FEE" envDefault:"100" unit:"yen" doc:"What a merchant owes for each charge."`
	Rate        float64        `env:"SOUKIN_AUPAY_RATE" envDefault:"10" unit:"calls a second" doc:"Calls to au PAY, all workers together."`
	Concurrency int            `env:"SOUKIN_AUPAY_CONCURRENCY" envDefault:"8" unit:"calls" doc:"Calls to au PAY at the same time, for each worker."`
	Timeout     time.Duration  `env:"SOUKIN_AUPAY_TIMEOUT" envDefault:"15s" unit:"duration" doc:"How long one call to au PAY may take."`
}

// Prepaid is the contract with the issuers of prepaid cards.
type Prepaid struct {
	APIURL      string            `env:"SOUKIN_PREPAID_API_URL" derived:"<SOUKIN_SANDBOX_URL>/prepaid/v1" unit:"URL" doc:"Base of the API that reaches the issuers. Default: the sandbox."`
	Token       Secret            `env:"SOUKIN_PREPAID_TOKEN_FILE,file" unit:"path" redact:"file" default:"the sandbox's published token" doc:"File that holds our bearer token. Needed everywhere but with the sandbox."`
	Issuers     map[string]string `env:"SOUKIN_PREPAID_ISSUERS" envDefault:"webmoney=3m+partial,bitcash=3m+partial,netcash=3m,jcb-premo=30d" envSeparator:"," envKeyValSeparator:"=" unit:"issuer=window or issuer=window+partial" doc:"Issuers that refund, and until when after the purchase: 3m is the end of the third month after the month of the purchase (WebMoney, BitCash), 30d is thirty days from its processing (JCB PREMO). +partial where a part of the purchase may be refunded. NET CASH and partial refunds are not documented: ask the issuer."`
	Cap         remittance.Yen    `env:"SOUKIN_PREPAID_CAP" envDefault:"300000" unit:"yen" doc:"The most one refund may carry."`
	Fee         remittance.Yen    `env:"SOUKIN_PREPAID_FEE" envDefault:"0" unit:"yen" doc:"What a merchant owes for each refund."`
	Rate        float64           `env:"SOUKIN_PREPAID_RATE" envDefault:"10" unit:"calls a second" doc:"Calls to the issuers, all workers together."`
	Concurrency int               `env:"SOUKIN_PREPAID_CONCURRENCY" envDefault:"8" unit:"calls" doc:"Calls to the issuers at the same time, for each worker."`
	Timeout     time.Duration     `env:"SOUKIN_PREPAID_TIMEOUT" envDefault:"20s" unit:"duration" doc:"How long one call to an issuer may take."`
}

// The secrets that the sandbox knows from the start.
const (
	SandboxATMToken          Secret = "soukin-sandbox-atm-token"                           //nolint:gosec // published on purpose
	SandboxATMNoticeSecret   Secret = "whsec_c291a2luLXNhbmRib3gtYXRtLW5vdGljZXMtc2VjcmV0" //nolint:gosec // published on purpose
	SandboxAmazonSecret      Secret = "soukin-sandbox-amazon-secret"                       //nolint:gosec // published on purpose
	SandboxAmazonLoginSecret Secret = "soukin-sandbox-amazon-login-secret"                 //nolint:gosec // published on purpose
	SandboxAuPayToken        Secret = "soukin-sandbox-aupay-token"                         //nolint:gosec // published on purpose
	SandboxPrepaidToken      Secret = "soukin-sandbox-prepaid-token"                       //nolint:gosec // published on purpose
)

// deriveRails points the rails that are not set at the sandbox. Its secrets are
// published and open nothing else; with any other counterparty they must be set.
func (c *Config) deriveRails() {
	for _, d := range []struct {
		url    *string
		path   string
		secret *Secret
		known  Secret
	}{
		{&c.ATM.APIURL, "/atm-network/v1", &c.ATM.Token, SandboxATMToken},
		{&c.ATM.APIURL, "/atm-network/v1", &c.ATM.NoticeSecret, SandboxATMNoticeSecret},
		{&c.Amazon.APIURL, "", &c.Amazon.Secret, SandboxAmazonSecret},
		{&c.Amazon.TokenURL, "/lwa/auth/o2/token", &c.Amazon.LoginSecret, SandboxAmazonLoginSecret},
		{&c.AuPay.APIURL, "/aupay/v1", &c.AuPay.Token, SandboxAuPayToken},
		{&c.Prepaid.APIURL, "/prepaid/v1", &c.Prepaid.Token, SandboxPrepaidToken},
	} {
		orElse(d.url, c.Sandbox.URL+d.path)
		if *d.secret == "" && *d.url == c.Sandbox.URL+d.path {
			*d.secret = d.known
		}
	}
	orElse(&c.Amazon.LoginURL, c.Sandbox.URL+"/lwa/ap/oa")
	orElse(&c.Amazon.ProfileURL, c.Sandbox.URL+"/lwa/user/profile")
}

// SandboxRails lists the rails behind which the sandbox plays the counterparty.
func (c *Config) SandboxRails() []remittance.Rail {
	address := map[remittance.Rail]string{
		remittance.RailBank: c.Bank.APIURL, remittance.RailATM: c.ATM.APIURL, remittance.RailAmazon: c.Amazon.APIURL,
		remittance.RailAuPay: c.AuPay.APIURL, remittance.RailPrepaid: c.Prepaid.APIURL,
	}
	var out []remittance.Rail
	for _, r := range remittance.Rails() {
		if address[r] == c.Sandbox.URL || strings.HasPrefix(address[r], c.Sandbox.URL+"/") {
			out = append(out, r)
		}
	}
	return out
}
