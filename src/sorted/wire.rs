//! The TypeScript of maps and sets: that of the ones of the standard library. Only tests write it.

use super::{Map, Set};
use std::collections::{BTreeMap, BTreeSet};
use ts_rs::{Config, TS, TypeVisitor};

impl<K: TS, V: TS> TS for Map<K, V> {
    type WithoutGenerics = <BTreeMap<K, V> as TS>::WithoutGenerics;
    type OptionInnerType = Self;

    fn ident(config: &Config) -> String {
        BTreeMap::<K, V>::ident(config)
    }

    fn name(config: &Config) -> String {
        BTreeMap::<K, V>::name(config)
    }

    fn inline(config: &Config) -> String {
        BTreeMap::<K, V>::inline(config)
    }

    fn inline_flattened(config: &Config) -> String {
        BTreeMap::<K, V>::inline_flattened(config)
    }

    fn visit_dependencies(visitor: &mut impl TypeVisitor)
    where
        Self: 'static,
    {
        BTreeMap::<K, V>::visit_dependencies(visitor);
    }

    fn visit_generics(visitor: &mut impl TypeVisitor)
    where
        Self: 'static,
    {
        BTreeMap::<K, V>::visit_generics(visitor);
    }
}

impl<T: TS> TS for Set<T> {
    type WithoutGenerics = <BTreeSet<T> as TS>::WithoutGenerics;
    type OptionInnerType = Self;

    fn ident(config: &Config) -> String {
        BTreeSet::<T>::ident(config)
    }

    fn name(config: &Config) -> String {
        BTreeSet::<T>::name(config)
    }

    fn inline(config: &Config) -> String {
        BTreeSet::<T>::inline(config)
    }

    fn visit_dependencies(visitor: &mut impl TypeVisitor)
    where
        Self: 'static,
    {
        BTreeSet::<T>::visit_dependencies(visitor);
    }

    fn visit_generics(visitor: &mut impl TypeVisitor)
    where
        Self: 'static,
    {
        BTreeSet::<T>::visit_generics(visitor);
    }
}
