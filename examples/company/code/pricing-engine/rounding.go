// Package fare turns factors into money.
package fare

import "errors"

// Micro is a hundredth of a cent. All computing happens in it, so that three factors with two decimals each lose nothing
// that a passenger could see.
type Micro int64

// Cents is what leaves this package.
type Cents int64

const (
	microPerCent Micro = 100
	// step is the coin that crews carry: ten cents. See ADR-0006.
	step = 10 * microPerCent
	// maxDiscount caps the sum of all discounts at 60 %, in percent. Discounts are added before the cap, not multiplied.
	maxDiscount = 60
)

// ErrNegative is returned for a fare below zero. It has never been right: a tariff with a wrong sign was published once.
var ErrNegative = errors.New("fare: negative amount before rounding")

// Round returns the fare of ONE passenger, rounded half up to a multiple of ten cents: 14.75 becomes 14.80, 14.74 becomes
// 14.70. Call it once per passenger, before summing, and never on a sum: splitting a booking must not change its price.
func Round(amount Micro) (Cents, error) {
	if amount < 0 {
		return 0, ErrNegative
	}
	steps := (amount + step/2) / step
	return Cents(steps * step / microPerCent), nil
}

// Discounted applies discounts in percent. An infant's fare is zero before and after.
//
// The division truncates at a hundredth of a cent. This loses less than 0.0001 euros, always to the passenger's advantage.
func Discounted(amount Micro, percents ...int) Micro {
	sum := 0
	for _, percent := range percents {
		sum += percent
	}
	if sum > maxDiscount {
		sum = maxDiscount
	}
	return amount * Micro(100-sum) / 100
}

// ReturnDiscount is 8 % when both legs are with the same operator and at most 14 days apart, otherwise 0. It is counted from
// departure to departure in calendar days of the harbour, not in multiples of 24 hours: a passenger who leaves on
// Friday evening and returns two weeks later in the afternoon expects it.
func ReturnDiscount(sameOperator bool, calendarDays int) int {
	if sameOperator && calendarDays >= 0 && calendarDays <= 14 {
		return 8
	}
	return 0
}
