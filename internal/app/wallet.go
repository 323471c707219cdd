package app

import (
	"context"
	"errors"

	"soukin/activities"
	"soukin/internal/vault"
	"soukin/remittance"
)

// walletOf opens the destination of an instruction. Nothing has been sent yet,
// so whatever goes wrong is NotSent; a wallet that was deleted, never existed or
// belongs to another rail stays refused, for the reason given.
func walletOf(ctx context.Context, v *vault.Vault, rail remittance.Rail, in activities.Instruction, missing remittance.Reason) (vault.Wallet, error) {
	wallet, err := v.Wallet(ctx, in.Key.Merchant, in.Account)
	switch {
	case errors.Is(err, vault.ErrNotFound):
		return vault.Wallet{}, &remittance.RailError{Outcome: remittance.OutcomeRejected, Reason: missing, Code: "not sent, the wallet is not in the vault", Cause: err}
	case err != nil:
		return vault.Wallet{}, &remittance.RailError{Outcome: remittance.OutcomeNotSent, Code: "the vault does not open", Cause: err}
	case wallet.Rail != rail:
		return vault.Wallet{}, &remittance.RailError{Outcome: remittance.OutcomeRejected, Reason: missing, Code: "not sent, the wallet is of another rail"}
	}
	return wallet, nil
}

// cannotBeCalledOff is the answer of rails that pay at once to every cancel.
func cannotBeCalledOff(why string) error {
	return &remittance.RailError{Outcome: remittance.OutcomeRejected, Code: why}
}

// otherNumber is an enquiry's answer about something else than was asked for.
func otherNumber() error { return &remittance.RailError{Code: "answer does not fit: another number"} }
