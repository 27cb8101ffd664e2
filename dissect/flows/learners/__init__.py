"""One learner for each header that means more in the light of others; `dissect.flows.learner` finds them."""
