package app

tier := "gold" if input.spend > 100

tier := "silver" if input.spend > 10
