package notify

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptrace"
	"slices"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sns/types"
	"github.com/aws/smithy-go"

	"soukin/internal/rails/call"
	"soukin/remittance"
)

// SNSSettings are an Amazon SNS account that may send short messages.
type SNSSettings struct {
	Region string // as ap-northeast-1
	// AccessKeyID and SecretAccessKey of a user that may sns:Publish; SessionToken
	// where they are temporary.
	AccessKeyID, SecretAccessKey, SessionToken string
	// SenderID is shown instead of a number where a country allows it: 1 to 11
	// letters and digits; may be empty.
	SenderID string
	// Endpoint replaces Amazon's address, for a private one; empty: Amazon's.
	Endpoint string
	Timeout  time.Duration // of one message; 0 means 10 seconds
}

// SNS sends by Amazon SNS. The service knows no idempotency keys, so a message
// is tried once and an unclear answer is Unknown.
type SNS struct {
	client  *sns.Client
	sender  string
	timeout time.Duration
}

// NewSNS makes a client. It does not call the service.
func NewSNS(s SNSSettings) (*SNS, error) {
	if s.Region == "" || s.AccessKeyID == "" || s.SecretAccessKey == "" {
		return nil, errors.New("SNS settings: Region, AccessKeyID and SecretAccessKey are needed")
	}
	if s.Timeout < 0 {
		return nil, fmt.Errorf("SNS setting Timeout is %s and must be above 0, as 10s", s.Timeout)
	}
	if s.Timeout == 0 {
		s.Timeout = defaultTimeout
	}
	options := sns.Options{
		Region: s.Region,
		// The SDK would repeat a call whose answer was lost, and send twice.
		Retryer:    aws.NopRetryer{},
		HTTPClient: call.New(call.Options{Timeout: s.Timeout}).Fresh(),
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: s.AccessKeyID, SecretAccessKey: s.SecretAccessKey, SessionToken: s.SessionToken, Source: "settings"}, nil
		}),
	}
	if s.Endpoint != "" {
		options.BaseEndpoint = aws.String(s.Endpoint)
	}
	return &SNS{sns.New(options), s.SenderID, s.Timeout}, nil
}

// SendSMS publishes to one number, as a transactional message.
func (s *SNS) SendSMS(ctx context.Context, to, text, _ string) error {
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	attributes := map[string]types.MessageAttributeValue{"AWS.SNS.SMS.SMSType": attribute("Transactional")}
	if s.sender != "" {
		attributes["AWS.SNS.SMS.SenderID"] = attribute(s.sender)
	}
	var sought, got atomic.Bool
	trace := &httptrace.ClientTrace{
		GetConn: func(string) { sought.Store(true) },
		GotConn: func(httptrace.GotConnInfo) { got.Store(true) },
	}
	_, err := s.client.Publish(httptrace.WithClientTrace(ctx, trace), &sns.PublishInput{
		PhoneNumber: aws.String(to), Message: aws.String(text), MessageAttributes: attributes,
	})
	if err == nil {
		return nil
	}
	return judgeSNS(ctx, err, sought.Load() && !got.Load())
}

func attribute(value string) types.MessageAttributeValue {
	return types.MessageAttributeValue{DataType: aws.String("String"), StringValue: aws.String(value)}
}

// The codes of Amazon SNS's Publish (API reference, "Publish", and "Common
// errors"). What is not here leaves open whether the message went out.
var (
	snsLater    = []string{"Throttled", "ThrottledException", "Throttling", "ThrottlingException", "RequestLimitExceeded", "KMSThrottling"}
	snsRefused  = []string{"OptedOut", "InvalidParameter", "ParameterValueInvalid", "ValidationException", "ValidationError", "UserError"}
	snsOurFault = []string{"AuthorizationError", "AccessDenied", "AccessDeniedException", "InvalidClientTokenId", "UnrecognizedClientException",
		"SignatureDoesNotMatch", "IncompleteSignature", "MissingAuthenticationToken", "ExpiredToken", "ExpiredTokenException",
		"InvalidSecurity", "OptInRequired", "NotAuthorized", "RequestExpired", "InvalidAction"}
)

// judgeSNS leaves the service's message out: it repeats the number.
func judgeSNS(ctx context.Context, err error, nothingLeft bool) error {
	var api smithy.APIError
	if !errors.As(err, &api) {
		if nothingLeft {
			return &remittance.RailError{Outcome: remittance.OutcomeNotSent, Code: lost(ctx) + " before sending"}
		}
		return &remittance.RailError{Code: lost(ctx) + " after sending"}
	}
	out := &remittance.RailError{Code: api.ErrorCode()}
	switch {
	case slices.Contains(snsLater, out.Code):
		out.Outcome = remittance.OutcomeRateLimited
	case slices.Contains(snsRefused, out.Code):
		out.Outcome = remittance.OutcomeRejected
	case slices.Contains(snsOurFault, out.Code):
		out.Outcome = remittance.OutcomeMisconfigured
	}
	return out
}
