class Login {}
