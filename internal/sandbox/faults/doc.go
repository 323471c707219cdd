// Package faults decides what goes wrong in the sandbox, by plan.
//
// A [Plan] is a seed and a rate for each [Kind] of fault. Whether a call is
// hit depends on the seed, on what the call is (its idempotency key, or its
// content) and on which attempt at it this is, never on the order of arrival:
// the same plan over the same instructions hurts the same ones, whatever the
// scheduling of goroutines or workers was.
//
// The [Injector] keeps the plan, the attempts and a count of every fault that
// fired in the sandbox's database, so that they outlive a restart and a chaos
// run can fail when nothing was hurt.
package faults
