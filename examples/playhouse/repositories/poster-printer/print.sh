#!/bin/sh
lp poster.pdf
