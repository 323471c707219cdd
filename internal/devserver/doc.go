// Package devserver gives the demo and the tests a real Temporal server with
// nothing to install by hand.
//
// [Start] takes the first of these that works:
//
//  1. a server that runs already (Options.Existing);
//  2. the temporal command on PATH, if its server is new enough;
//  3. the binary an earlier run left in the user's cache directory;
//  4. the download the Temporal SDK offers, within a short limit;
//  5. a build from the module in tools/temporal, once, some minutes.
//
// A server that Start launches belongs to the process that launched it: it
// keeps its state, its log and a lock in Options.Dir, stops on [Server.Close],
// and on Linux also dies with a parent that was killed. Starting again in the
// same directory continues with the same histories.
package devserver
