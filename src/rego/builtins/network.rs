//! Builtins of addresses, and of what lies behind them.

use super::{Builtin, declare};

/// In the order of their names.
pub(super) const BUILTINS: &[Builtin] = &[
    declare(
        "http.send",
        "(request: object[string: any]) -> response: object[any: any]",
        "Sends an HTTP request and gives the answer to it.",
    )
    .explain(&[
        ("request", "at least `method` and `url`"),
        ("response", "`status_code`, `headers`, `body` and `raw_body`"),
    ])
    .by_the_host()
    .nondeterministic(),
    declare(
        "net.cidr_contains",
        "(cidr: string, cidr_or_ip: string) -> result: boolean",
        "Says whether a network holds an address or all of another network.",
    ),
    declare(
        "net.cidr_contains_matches",
        "(cidrs: any<string, array[any<string, array[any]>], object[string: any<string, array[any]>], \
         set[any<string, array[any]>]>, cidrs_or_ips: any<string, array[any<string, array[any]>], object[string: \
         any<string, array[any]>], set[any<string, array[any]>]>) -> output: set[array<any, any>]",
        "Finds every pair of a network and an address or network that it holds.",
    )
    .explain(&[
        ("cidrs", "one or several; the first item of an array counts"),
        ("cidrs_or_ips", "one or several; the first item of an array counts"),
        ("output", "pairs of the places or keys of both, or of the values where there is one"),
    ]),
    declare("net.cidr_expand", "(cidr: string) -> hosts: set[string]", "Lists every address of a network."),
    declare(
        "net.cidr_intersects",
        "(cidr1: string, cidr2: string) -> result: boolean",
        "Says whether two networks have an address in common.",
    ),
    declare(
        "net.cidr_is_valid",
        "(cidr: string) -> result: boolean",
        "Says whether a text is a network such as `10.0.0.0/8`.",
    ),
    declare(
        "net.cidr_merge",
        "(addrs: any<array[any<string>], set[string]>) -> output: set[string]",
        "Puts networks and addresses together into as few networks as hold exactly the same addresses.",
    ),
    declare(
        "net.cidr_overlap",
        "(string, string) -> boolean",
        "Says whether a network holds an address or all of another network; `net.cidr_contains` has taken its place.",
    )
    .deprecated(),
    declare("net.lookup_ip_addr", "(name: string) -> addrs: set[string]", "Asks for the addresses of a host name.")
        .by_the_host()
        .nondeterministic(),
    declare(
        "providers.aws.sign_req",
        "(request: object[string: any], aws_config: object[string: any], time_ns: number) -> signed_request: \
         object[any: any]",
        "Signs an HTTP request as AWS asks for it.",
    )
    .explain(&[
        ("request", "as for `http.send`"),
        ("aws_config", "access key, secret, service and region"),
        ("time_ns", "the time of the signature"),
    ])
    .within(&["providers.aws"])
    .only_in_full(),
];
