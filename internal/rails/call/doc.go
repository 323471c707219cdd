// Package call makes one HTTP call to a counterparty and says, when there is
// no complete answer, what the other side may have seen.
//
// The border is the moment a connection was handed to the request
// (httptrace.GotConn): before it no byte can have left and the outcome is
// NotSent; after it bytes may have left even if the write reported an error,
// so the outcome is Unknown. Everything that is not proven to be NotSent is
// Unknown.
//
// The package never retries: Temporal retries, and two layers of retries would
// multiply money calls. It also keeps net/http from retrying where that could
// repeat an effect, see [Client.Do]. What a complete answer means is for the
// rail to say.
package call
